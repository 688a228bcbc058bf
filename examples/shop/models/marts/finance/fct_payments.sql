with payments as (

    select * from {{ ref('stg_payments') }}

),

-- The acquirer's chargeback file names the card, and staging keeps its last four digits only.
cards as (

    select payment_id, card_number
    from {{ ref('payments') }}

)

select
    payments.payment_id,
    payments.order_id,
    payments.customer_id,
    payments.payment_method,
    payments.card_last4,
    cards.card_number as card_reference,
    payments.amount,
    payments.payment_status,
    payments.paid_at
from payments
inner join cards on cards.payment_id = payments.payment_id
