select
    referral_id,
    sent_at
from {{ ref('referrals') }}
