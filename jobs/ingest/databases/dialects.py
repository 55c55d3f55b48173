"""The databases of D15-5, each in its own words. PostgreSQL and MariaDB are tested against servers, the others as text.

A type that no rule names stops the sync: what cannot be written without loss is not read.
"""

from collections.abc import Mapping

from jobs.ingest.databases.dialect import Dialect, Family, TypeRule

_STANDARD_QUOTES = ('"', '"')
_STANDARD_DATE, _STANDARD_MOMENT = "DATE '{day}'", "TIMESTAMP '{day} {time}'"
_AS_IT_IS = "{column}"
_INFORMATION_SCHEMA = (
    "SELECT column_name c0, {type} c1, {size} c2, {scale} c3 FROM information_schema.columns "
    "WHERE table_schema = {{schema}} AND table_name = {{table}}"
)

_POSTGRESQL = Dialect(
    name="postgresql",
    driver="org.postgresql.Driver",
    url="jdbc:postgresql://{host}:{port}/{database}",
    quotes=_STANDARD_QUOTES,
    types=(
        TypeRule("smallint|integer|bigint", Family.EXACT, "CAST({column} AS text)", scale=0),
        # NaN is a numeric; it is read as text and lies in quarantine, but no sum may drown in it
        TypeRule("numeric", Family.EXACT, "CAST({column} AS text)", number="NULLIF({column}, 'NaN')"),
        TypeRule("money", Family.EXACT, "CAST(CAST({column} AS numeric) AS text)", number="CAST({column} AS numeric)"),
        TypeRule("real|double precision", Family.FLOAT, "CAST({column} AS text)"),
        TypeRule("date", Family.DATE, "CAST({column} AS text)", _STANDARD_DATE),
        TypeRule("timestamp without time zone", Family.MOMENT, "CAST({column} AS text)", _STANDARD_MOMENT),
        TypeRule(
            "timestamp with time zone",
            Family.ZONED,
            "CAST({column} AT TIME ZONE 'UTC' AS text) || 'Z'",
            "TIMESTAMPTZ '{day} {time}+00'",
        ),
        TypeRule("character varying|character|text", Family.TEXT, "CAST({column} AS text)"),
        # every type of PostgreSQL has a text form that it reads back
        TypeRule(".*", Family.OTHER, "CAST({column} AS text)"),
    ),
    catalogue=(
        "SELECT CAST(a.attname AS text) c0, format_type(a.atttypid, a.atttypmod) c1, CAST(NULL AS text) c2, "
        "CAST(NULL AS text) c3 "
        "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = {schema} AND c.relname = {table} AND a.attnum > 0 AND NOT a.attisdropped"
    ),
    total="SUM({number})",
    count_text="CAST({count} AS text)",
    first_rows=("", " LIMIT {n}"),
    session={
        "options": "-c DateStyle=ISO -c standard_conforming_strings=on -c default_transaction_read_only=on",
        "ApplicationName": "lakewarden",
    },
    patience={"connectTimeout": "10", "loginTimeout": "20", "socketTimeout": "600", "tcpKeepAlive": "true"},
    encryption={"sslmode": "verify-full"},
    choices=frozenset({"sslmode", "sslrootcert"}),
)

_MYSQL = Dialect(
    name="mysql",
    driver="org.mariadb.jdbc.Driver",
    url="jdbc:mariadb://{host}:{port}/{database}",
    quotes=("`", "`"),
    types=(
        TypeRule(
            "(tiny|small|medium|big)?int( unsigned)?( zerofill)?",
            Family.EXACT,
            "CAST({column} AS CHAR)",
            scale=0,
        ),
        TypeRule("decimal( unsigned)?( zerofill)?", Family.EXACT, "CAST({column} AS CHAR)"),
        TypeRule("year", Family.EXACT, "CAST({column} AS CHAR)", scale=0),
        TypeRule("bit", Family.EXACT, "CAST({column} + 0 AS CHAR)", number="({column} + 0)", scale=0),
        # a float is written with six digits, unless it is a double first
        TypeRule("float( unsigned)?", Family.FLOAT, "CAST(CAST({column} AS DOUBLE) AS CHAR)"),
        TypeRule("double( unsigned)?", Family.FLOAT, "CAST({column} AS CHAR)"),
        # days that are none, such as 0000-00-00, come as they are written and lie in quarantine
        TypeRule("date", Family.DATE, "CAST({column} AS CHAR)", _STANDARD_DATE),
        TypeRule("datetime", Family.MOMENT, "CAST({column} AS CHAR)", _STANDARD_MOMENT),
        TypeRule("timestamp", Family.ZONED, "CONCAT(CAST({column} AS CHAR), 'Z')", _STANDARD_MOMENT),
        TypeRule(
            "(var)?char|(tiny|medium|long)?text|enum|set",
            Family.TEXT,
            "CONVERT({column} USING utf8mb4)",
        ),
        TypeRule("json|time|uuid|inet[46]", Family.OTHER, "CAST({column} AS CHAR)"),
    ),
    catalogue=_INFORMATION_SCHEMA.format(type="column_type", size="CAST(NULL AS CHAR)", scale="CAST(NULL AS CHAR)"),
    total="SUM(CAST({number} AS DECIMAL(65, {scale})))",
    count_text="CAST({count} AS CHAR)",
    first_rows=("", " LIMIT {n}"),
    session={"sessionVariables": "sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES',time_zone='+00:00'"},
    patience={"connectTimeout": "10000", "socketTimeout": "600000", "tcpKeepAlive": "true"},
    encryption={"sslMode": "verify-full"},
    choices=frozenset({"sslMode", "serverSslCert"}),
)

_SQLSERVER = Dialect(
    name="sqlserver",
    driver="com.microsoft.sqlserver.jdbc.SQLServerDriver",
    url="jdbc:sqlserver://{host}:{port};databaseName={{{database}}}",
    quotes=("[", "]"),
    types=(
        TypeRule("(tiny|small|big)?int", Family.EXACT, "CONVERT(varchar(45), {column})", scale=0),
        TypeRule("decimal|numeric", Family.EXACT, "CONVERT(varchar(45), {column})"),
        # without style 2, money is rounded to two digits of its four
        TypeRule("(small)?money", Family.EXACT, "CONVERT(varchar(45), {column}, 2)", scale=4),
        TypeRule("bit", Family.EXACT, "CONVERT(varchar(1), {column})", number="CAST({column} AS int)", scale=0),
        # style 3: seventeen digits, which no float loses
        TypeRule("float|real", Family.FLOAT, "CONVERT(varchar(45), {column}, 3)"),
        TypeRule("date", Family.DATE, "CONVERT(varchar(10), {column}, 23)", "CAST('{day}' AS date)"),
        # compared as datetime2, a datetime of 3 ms would be 3.3333333 ms and above its own text
        TypeRule("datetime", Family.MOMENT, "CONVERT(varchar(33), {column}, 121)", "CAST('{day}T{time}' AS datetime)"),
        TypeRule(
            "smalldatetime", Family.MOMENT, "CONVERT(varchar(33), {column}, 121)", "CAST('{day}T{time}' AS datetime2)"
        ),
        TypeRule(
            "datetime2", Family.MOMENT, "CONVERT(varchar(33), {column}, 121)", "CAST('{day}T{time}' AS datetime2(7))"
        ),
        TypeRule(
            "datetimeoffset",
            Family.ZONED,
            "CONVERT(varchar(33), CAST(SWITCHOFFSET({column}, '+00:00') AS datetime2(7)), 121) + 'Z'",
            "CAST('{day}T{time}+00:00' AS datetimeoffset(7))",
        ),
        TypeRule("n?(var)?char|n?text", Family.TEXT, "CAST({column} AS nvarchar(max))"),
        TypeRule("uniqueidentifier", Family.OTHER, "CONVERT(varchar(36), {column})"),
        TypeRule("time", Family.OTHER, "CONVERT(varchar(16), {column}, 121)"),
    ),
    catalogue=_INFORMATION_SCHEMA.format(
        type="data_type", size="COALESCE(character_maximum_length, numeric_precision)", scale="numeric_scale"
    ),
    total="SUM(CAST({number} AS decimal(38, {scale})))",
    count_text="CONVERT(varchar(20), {count})",
    first_rows=("TOP ({n}) ", ""),
    string="N'{text}'",
    session={"applicationName": "lakewarden", "sendStringParametersAsUnicode": "true"},
    patience={"loginTimeout": "20", "socketTimeout": "600000"},
    encryption={"encrypt": "true", "trustServerCertificate": "false"},
    choices=frozenset({"encrypt", "trustServerCertificate", "hostNameInCertificate", "serverCertificate"}),
)

_ORACLE_NUMBER = "TO_CHAR({column}, 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')"
_ORACLE = Dialect(
    name="oracle",
    driver="oracle.jdbc.OracleDriver",
    url="jdbc:oracle:thin:@//{host}:{port}/{database}",
    quotes=_STANDARD_QUOTES,
    types=(
        # 38 digits and any exponent; what is longer than 64 characters comes as 1E+65 and is read as such
        TypeRule("number", Family.EXACT, _ORACLE_NUMBER),
        TypeRule("float|binary_float|binary_double", Family.FLOAT, _ORACLE_NUMBER),
        # SYYYY shows the years before Christ as negative, which lie in quarantine; YYYY would hide it
        TypeRule(
            "date",
            Family.MOMENT,
            "TO_CHAR({column}, 'SYYYY-MM-DD HH24:MI:SS')",
            "TO_DATE('{day} {time}', 'YYYY-MM-DD HH24:MI:SS')",
        ),
        TypeRule("timestamp", Family.MOMENT, "TO_CHAR({column}, 'SYYYY-MM-DD HH24:MI:SS.FF9')", _STANDARD_MOMENT),
        # NVL2, because to Oracle NULL beside 'Z' is 'Z'
        TypeRule(
            "timestamp with( local)? time zone",
            Family.ZONED,
            "NVL2({column}, TO_CHAR(SYS_EXTRACT_UTC({column}), 'SYYYY-MM-DD HH24:MI:SS.FF9') || 'Z', NULL)",
            "TIMESTAMP '{day} {time} +00:00'",
        ),
        # an empty text is NULL in Oracle, and NULL it stays; a CLOB is text in any character set of the server
        TypeRule("n?(var)?char2?|n?clob", Family.TEXT, _AS_IT_IS),
    ),
    catalogue=(
        "SELECT column_name c0, data_type c1, COALESCE(data_precision, NULLIF(char_length, 0)) c2, "
        "CASE WHEN data_type = 'NUMBER' THEN data_scale END c3 FROM all_tab_columns "
        "WHERE owner = {schema} AND table_name = {table}"
    ),
    total="SUM({number})",
    count_text="TO_CHAR({count})",
    first_rows=("", " FETCH FIRST {n} ROWS ONLY"),
    session={"oracle.jdbc.timezoneAsRegion": "false", "v$session.program": "lakewarden"},
    patience={"oracle.net.CONNECT_TIMEOUT": "10000", "oracle.jdbc.ReadTimeout": "600000"},
    encryption={"oracle.net.encryption_client": "REQUIRED", "oracle.net.crypto_checksum_client": "REQUIRED"},
    choices=frozenset({"oracle.net.encryption_client", "oracle.net.crypto_checksum_client"}),
)

_DB2_TYPES = (
    TypeRule("smallint|integer|bigint", Family.EXACT, "CAST({column} AS VARCHAR(45))", scale=0),
    TypeRule("decimal|numeric", Family.EXACT, "CAST({column} AS VARCHAR(45))"),
    TypeRule("decfloat", Family.EXACT, "CAST({column} AS VARCHAR(45))"),
    TypeRule("real|double|float", Family.FLOAT, "CAST({column} AS VARCHAR(45))"),
    # without ISO, the form of a day follows the country of the server
    TypeRule("date", Family.DATE, "CHAR({column}, ISO)", _STANDARD_DATE),
    # as a text a timestamp has all its digits, up to twelve
    TypeRule("timestamp|timestmp", Family.MOMENT, "CAST({column} AS VARCHAR(32))", _STANDARD_MOMENT),
    TypeRule("time", Family.OTHER, "CHAR({column}, ISO)"),
    TypeRule("boolean", Family.OTHER, "CASE WHEN {column} THEN 'true' WHEN NOT {column} THEN 'false' END"),
    TypeRule(
        "char|character|varchar|character varying|long varchar|n?(var)?char|(var)?graphic|varg|n?clob|dbclob",
        Family.TEXT,
        _AS_IT_IS,
    ),
)
_DB2 = Dialect(
    name="db2",
    driver="com.ibm.db2.jcc.DB2Driver",
    url="jdbc:db2://{host}:{port}/{database}",
    quotes=_STANDARD_QUOTES,
    types=_DB2_TYPES,
    # text of code page 0 is bytes without a meaning
    catalogue=(
        "SELECT colname c0, CASE WHEN codepage = 0 AND typename LIKE '%CHAR%' THEN 'bytes' ELSE typename END c1, "
        "length c2, CASE WHEN typename IN ('DECIMAL', 'NUMERIC') THEN scale END c3 FROM syscat.columns "
        "WHERE tabschema = {schema} AND tabname = {table}"
    ),
    total="SUM(CAST({number} AS DECIMAL(31, {scale})))",
    count_text="CAST({count} AS VARCHAR(20))",
    first_rows=("", " FETCH FIRST {n} ROWS ONLY"),
    session={"clientProgramName": "lakewarden"},
    patience={"loginTimeout": "20", "blockingReadConnectionTimeout": "600"},
    encryption={"sslConnection": "true"},
    choices=frozenset({"sslConnection", "sslCertLocation"}),
)

_DB2I = Dialect(
    name="db2i",
    driver="com.ibm.as400.access.AS400JDBCDriver",
    url="jdbc:as400://{host}:{port}/{database}",
    quotes=_STANDARD_QUOTES,
    types=_DB2_TYPES,
    catalogue=(
        "SELECT column_name c0, data_type c1, length c2, numeric_scale c3 FROM qsys2.syscolumns "
        "WHERE table_schema = {schema} AND table_name = {table}"
    ),
    total="SUM(CAST({number} AS DECIMAL(63, {scale})))",
    count_text="CAST({count} AS VARCHAR(20))",
    first_rows=("", " FETCH FIRST {n} ROWS ONLY"),
    # columns of CCSID 65535 hold text of the job's code page, as green screens show it
    session={"naming": "sql", "translate binary": "true", "access": "read only", "prompt": "false"},
    patience={"login timeout": "20", "socket timeout": "600000"},
    encryption={"secure": "true"},
    choices=frozenset({"secure"}),
)

_SYBASE = Dialect(
    name="sybase",
    driver="net.sourceforge.jtds.jdbc.Driver",
    url="jdbc:jtds:sybase://{host}:{port}/{database}",
    quotes=("[", "]"),
    types=(
        TypeRule("(unsigned )?(tiny|small|big)?int", Family.EXACT, "CONVERT(varchar(45), {column})", scale=0),
        TypeRule("decimal|numeric", Family.EXACT, "CONVERT(varchar(45), {column})"),
        # as itself, money is rounded to two digits of its four
        TypeRule(
            "(small)?money",
            Family.EXACT,
            "CONVERT(varchar(45), CONVERT(decimal(38, 4), {column}))",
            scale=4,
        ),
        TypeRule("bit", Family.EXACT, "CONVERT(varchar(1), {column})", number="CONVERT(int, {column})", scale=0),
        TypeRule(
            "date",
            Family.DATE,
            "CONVERT(char(10), CONVERT(bigdatetime, {column}), 140)",
            "CONVERT(date, '{day}')",
        ),
        TypeRule(
            "datetime|smalldatetime|bigdatetime",
            Family.MOMENT,
            "CONVERT(varchar(26), CONVERT(bigdatetime, {column}), 140)",
            "CONVERT(bigdatetime, '{day} {time}')",
        ),
        TypeRule("(uni|n)?(var)?char|text|unitext", Family.TEXT, _AS_IT_IS),
    ),
    catalogue=(
        "SELECT c.name c0, t.name c1, COALESCE(c.prec, c.length) c2, c.scale c3 FROM syscolumns c "
        "JOIN systypes t ON t.usertype = c.usertype JOIN sysobjects o ON o.id = c.id JOIN sysusers u ON u.uid = o.uid "
        "WHERE u.name = {schema} AND o.name = {table}"
    ),
    total="SUM(CONVERT(decimal(38, {scale}), {number}))",
    count_text="CONVERT(varchar(20), {count})",
    first_rows=("", ""),
    session={"appName": "lakewarden", "sendStringParametersAsUnicode": "true"},
    patience={"loginTimeout": "20", "socketTimeout": "600"},
    encryption={"ssl": "authenticate"},
    choices=frozenset({"ssl"}),
)

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect for dialect in (_POSTGRESQL, _MYSQL, _SQLSERVER, _ORACLE, _DB2, _DB2I, _SYBASE)
}
