with matched as (

    select
        coalesce(keys.email_key, hmac_sha256(customers.email)) as match_key,
        hmac_sha256(customers.phone_number) as phone_key,
        customers.country_code
    from {{ ref('stg_customers') }} as customers
    inner join {{ ref('stg_consents') }} as consents
        on consents.customer_id = customers.customer_id
    left join {{ ref('int_email_keys') }} as keys
        on keys.customer_id = customers.customer_id
    where consents.marketing_consent = true

)

select
    match_key,
    phone_key,
    country_code
from matched
