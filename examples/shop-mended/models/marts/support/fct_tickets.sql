select
    ticket_id,
    customer_id,
    channel,
    topic,
    opened_at,
    closed_at,
    date_diff('hour', opened_at, closed_at) as hours_to_close
from {{ ref('stg_support_tickets') }}
