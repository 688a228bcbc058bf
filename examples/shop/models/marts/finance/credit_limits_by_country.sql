select
    country_code,
    avg(credit_limit) as average_credit_limit
from {{ ref('stg_customers') }}
group by country_code
