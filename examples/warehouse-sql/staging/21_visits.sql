create or replace view staging.visits as
select
    visit_id,
    member_id,
    club_id,
    entered_at,
    datediff(minute, entered_at, left_at) as minutes_inside
from raw.visits
where left_at is not null;
