select
    customer_id,
    marketing_consent,
    recorded_at
from {{ ref('consents') }}
