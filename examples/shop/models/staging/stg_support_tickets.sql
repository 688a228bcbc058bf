select
    ticket_id,
    customer_id,
    channel,
    topic,
    body,
    client_ip,
    opened_at,
    closed_at
from {{ ref('support_tickets') }}
