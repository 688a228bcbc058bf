-- Files arrive every night from the membership system.

copy into raw.members (member_id, full_name, email, phone_number, home_club_id, joined_on, newsletter_consent)
from (
    select $1, $2, $3, $4, $5, $6, $7
    from @landing.membership/members/
)
file_format = (type = csv skip_header = 1);

copy into raw.clubs
from @landing.membership/clubs/
file_format = (type = csv skip_header = 1);
