create or replace view staging.members as
select
    member_id,
    trim(full_name) as full_name,
    lower(trim(email)) as email,
    phone_number,
    home_club_id,
    joined_on,
    newsletter_consent
from raw.members;
