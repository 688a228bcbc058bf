select
    ticket_id,
    channel,
    topic,
    body,
    opened_at
from {{ ref('stg_support_tickets') }}
where closed_at is null
