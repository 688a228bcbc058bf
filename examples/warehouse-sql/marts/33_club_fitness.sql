-- One row per club, shown on the screens in the lobby.
create or replace view marts.club_fitness as
select
    checks.club_id,
    avg(checks.resting_pulse) as average_resting_pulse
from raw.health_checks as checks
group by checks.club_id;
