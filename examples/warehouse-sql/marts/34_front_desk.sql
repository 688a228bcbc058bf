-- Who is inside, for the screen at the entrance.
create or replace view marts.front_desk as
select
    members.full_name,
    visits.club_id,
    visits.entered_at
from raw.visits as visits
inner join staging.members as members on members.member_id = visits.member_id
where visits.left_at is null;
