-- Tables that are filled bit by bit and never made anew.

create table if not exists ops.erasure_requests (
    member_id number(38, 0) not null,
    requested_at timestamp_ntz not null,
    settled_at timestamp_ntz
);

create table if not exists archive.visits (
    member_id number(38, 0),
    club_id number(38, 0),
    entered_at timestamp_ntz,
    minutes_inside number(10, 0)
);

create table if not exists marts.member_plans (
    member_id number(38, 0) not null,
    plan_code varchar,
    monthly_fee number(10, 2),
    started_on date
);
