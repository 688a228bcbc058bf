-- The health insurer pays a bonus to members who come at least twice a week.
copy into @exchange.insurer_bonus/monthly/
from (
    with regulars as (
        select
            visits.member_id,
            count(visits.visit_id) as visit_count
        from staging.visits as visits
        where visits.entered_at >= dateadd(month, -1, current_date)
        group by visits.member_id
        having count(visits.visit_id) >= 8
    )

    select
        members.email as member_key,
        regulars.visit_count
    from regulars
    inner join staging.members as members on members.member_id = regulars.member_id
)
file_format = (type = csv)
overwrite = true;
