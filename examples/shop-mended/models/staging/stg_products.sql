select
    product_id,
    title as product_title,
    category as product_category,
    list_price
from {{ ref('products') }}
