select
    cast(paid_at as date) as paid_on,
    payment_method,
    count(*) as payment_count,
    sum(amount) as revenue
from {{ ref('stg_payments') }}
where payment_status = 'settled'
group by cast(paid_at as date), payment_method
