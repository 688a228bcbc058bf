select
    payment_id,
    order_id,
    customer_id,
    payment_method,
    right(card_number, 4) as card_last4,
    amount,
    status as payment_status,
    paid_at
from {{ ref('payments') }}
