-- Visits by hour, for the consultants who plan the opening hours.
copy into 's3://harbour-planning-exchange/visits/'
from (
    select
        hmac_sha256(to_varchar(member_id)) as visitor_key,
        club_id,
        date_trunc(hour, entered_at) as entered_in
    from staging.visits
)
file_format = (type = parquet)
header = true;
