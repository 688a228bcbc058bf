select
    orders.order_id,
    keys.email_key,
    orders.order_total,
    orders.item_count,
    payments.payment_method,
    orders.ordered_at
from {{ ref('int_orders') }} as orders
inner join {{ ref('stg_payments') }} as payments on payments.order_id = orders.order_id
inner join {{ ref('int_email_keys') }} as keys on keys.customer_id = orders.customer_id
