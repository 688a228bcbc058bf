create or replace table marts.member_activity as
with visits as (
    select
        member_id,
        count(visit_id) as visit_count,
        max(entered_at) as last_visit_at
    from staging.visits
    group by member_id
)

select
    members.member_id,
    members.full_name,
    members.home_club_id,
    coalesce(visits.visit_count, 0) as visit_count,
    visits.last_visit_at
from staging.members as members
left join visits on visits.member_id = members.member_id;
