{{ config(materialized='incremental', unique_key='order_id', incremental_strategy='delete+insert') }}

select
    'INV-' || cast(order_id as varchar) as invoice_number,
    order_id,
    customer_id,
    ordered_at,
    order_total as invoice_total
from {{ ref('int_orders') }}
where order_status = 'completed'
{% if is_incremental() %}
and ordered_at > (select max(ordered_at) from {{ this }})
{% endif %}
