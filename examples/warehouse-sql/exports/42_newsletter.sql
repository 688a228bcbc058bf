copy into @exchange.newsletter/weekly/
from (
    select hmac_sha256(email) as recipient_key
    from staging.members
    where newsletter_consent = true
)
file_format = (type = csv);
