with members as (

    select
        customers.customer_id,
        customers.email
    from {{ ref('stg_customers') }} as customers
    inner join {{ ref('stg_consents') }} as consents
        on consents.customer_id = customers.customer_id
    where consents.marketing_consent = true

),

guests as (

    select distinct
        cast(null as integer) as customer_id,
        guest_email as email
    from {{ ref('stg_orders') }}
    where guest_email is not null and marketing_consent = true

)

select customer_id, email from members
union all
select customer_id, email from guests
