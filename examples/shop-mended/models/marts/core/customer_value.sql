{{ config(schema='core') }}

select
    customer_id,
    count(order_id) as order_count,
    sum(order_total) as lifetime_value,
    case
        when sum(order_total) >= 500 then 'high'
        when sum(order_total) >= 150 then 'middle'
        else 'low'
    end as value_band,
    max(ordered_at) as last_ordered_at
from {{ ref('int_orders') }}
where customer_id is not null
group by customer_id
