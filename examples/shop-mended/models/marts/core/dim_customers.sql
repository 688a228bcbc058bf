with customers as (

    select * from {{ ref('stg_customers') }}

)

select
    customers.customer_id,
    customers.first_name,
    customers.last_name,
    customers.email,
    customers.phone_number,
    customers.was_adult_at_signup,
    customers.country_code,
    addresses.city,
    regexp_replace(customers.signup_ip, '[0-9]+$', '0') as signup_network,
    coalesce(consents.marketing_consent, false) as marketing_consent,
    customers.created_at
from customers
left join {{ ref('stg_addresses') }} as addresses on addresses.customer_id = customers.customer_id
left join {{ ref('stg_consents') }} as consents on consents.customer_id = customers.customer_id
