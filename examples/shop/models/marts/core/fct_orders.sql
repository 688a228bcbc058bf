select
    order_id,
    customer_id,
    order_status,
    ordered_at,
    item_count,
    order_total
from {{ ref('int_orders') }}
