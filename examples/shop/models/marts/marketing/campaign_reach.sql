select
    date_trunc('month', sent_at) as sent_in,
    count(*) as invitations
from {{ ref('stg_referrals') }}
group by date_trunc('month', sent_at)
