{{ config(materialized='table') }}

with buyers as (

    select distinct customer_id
    from {{ ref('stg_orders') }}
    where customer_id is not null

)

select
    customers.customer_id,
    hmac_sha256(customers.email) as email_key
from {{ ref('stg_customers') }} as customers
inner join buyers on buyers.customer_id = customers.customer_id
