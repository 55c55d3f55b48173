with information_loans as (
    select * from {{ source('desensitised', 'registers_information_loans') }}
),

stg_registers__information_loans as (
    select
        loan_key,
        borrower_department,
        {{ local_date('lent_at') }} as lent_on,
        {{ local_date('cancelled_at') }} as cancelled_on,
        arrival_date
    from information_loans
    qualify {{ is_newest_version(['loan_key']) }}
)

select * from stg_registers__information_loans
