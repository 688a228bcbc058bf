select
    customer_id,
    street,
    postal_code,
    city,
    country_code,
    nullif(trim(delivery_note), '') as delivery_note
from {{ ref('addresses') }}
