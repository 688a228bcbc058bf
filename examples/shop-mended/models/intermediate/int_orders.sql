{{ config(materialized='ephemeral') }}

with items as (

    select
        order_id,
        sum(quantity) as item_count,
        sum(line_total) as order_total
    from {{ ref('stg_order_items') }}
    group by order_id

)

select
    orders.order_id,
    orders.customer_id,
    orders.order_status,
    orders.ordered_at,
    items.item_count,
    items.order_total
from {{ ref('stg_orders') }} as orders
inner join items on items.order_id = orders.order_id
