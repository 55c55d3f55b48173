with code_names as (
    select * from {{ ref('code_names') }}
),

dim_code as (
    select
        list_name,
        code,
        code_name,
        position
    from code_names
)

select * from dim_code
