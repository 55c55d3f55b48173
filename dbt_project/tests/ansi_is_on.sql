-- A bad cast must fail, and not become NULL in silence. A test cannot expect an error, so this one asks what is decided
-- by the same switch: with ANSI off, 1 + '1' is a double and the size of nothing is -1.
select 'spark.sql.ansi.enabled is off in the session that builds the marts' as problem
where typeof(1 + '1') <> 'bigint' or size(cast(null as array<int>)) is not null
