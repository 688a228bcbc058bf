-- Tables that the nightly load fills.

create or replace table raw.members (
    member_id number(38, 0) not null,
    full_name varchar,
    email varchar,
    phone_number varchar,
    home_club_id number(38, 0),
    joined_on date,
    newsletter_consent boolean,
    primary key (member_id)
);

create or replace table raw.visits (
    visit_id number(38, 0) not null,
    member_id number(38, 0) not null,
    club_id number(38, 0),
    entered_at timestamp_ntz,
    left_at timestamp_ntz
);

create or replace table raw.health_checks (
    check_id number(38, 0) not null,
    member_id number(38, 0) not null,
    club_id number(38, 0),
    checked_on date,
    resting_pulse number(5, 1)
);

create or replace table raw.subscriptions (
    subscription_id number(38, 0) not null,
    member_id number(38, 0) not null,
    plan_code varchar,
    monthly_fee number(10, 2),
    started_on date,
    ended_on date
);

create or replace table raw.clubs (
    club_id number(38, 0) not null,
    club_title varchar,
    opened_on date
);
