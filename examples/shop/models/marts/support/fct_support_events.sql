{{ config(materialized='incremental', incremental_strategy='append') }}

with events as (

    select ticket_id, customer_id, client_ip, 'opened' as event_type, opened_at as happened_at
    from {{ ref('stg_support_tickets') }}

    union all

    select ticket_id, customer_id, client_ip, 'closed' as event_type, closed_at as happened_at
    from {{ ref('stg_support_tickets') }}
    where closed_at is not null

)

select
    ticket_id,
    customer_id,
    client_ip,
    event_type,
    happened_at
from events
{% if is_incremental() %}
where happened_at > (select max(happened_at) from {{ this }})
{% endif %}
