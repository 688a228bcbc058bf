select
    orders.order_id,
    addresses.customer_id,
    addresses.street,
    addresses.postal_code,
    addresses.city,
    addresses.country_code,
    addresses.delivery_note,
    orders.ordered_at
from {{ ref('int_orders') }} as orders
inner join {{ ref('stg_addresses') }} as addresses on addresses.customer_id = orders.customer_id
where orders.order_status <> 'cancelled'
