insert into archive.visits (member_id, club_id, entered_at, minutes_inside)
select
    member_id,
    club_id,
    entered_at,
    minutes_inside
from staging.visits
where entered_at < dateadd(month, -3, current_date);
