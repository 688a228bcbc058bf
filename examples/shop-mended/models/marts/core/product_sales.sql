{{ config(schema='growth_us') }}

select
    products.product_id,
    products.product_title,
    products.product_category,
    sum(items.quantity) as units_sold,
    sum(items.line_total) as revenue
from {{ ref('stg_products') }} as products
left join {{ ref('stg_order_items') }} as items on items.product_id = products.product_id
group by products.product_id, products.product_title, products.product_category
