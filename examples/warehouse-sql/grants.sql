grant usage on schema marts to role analyst;
grant select on table marts.member_activity to role analyst;
grant select on table marts.member_plans to role bookkeeper;
grant select on table raw.clubs to share franchise_owners;
grant select on view marts.club_fitness to role analyst;
grant select on view marts.front_desk to role public;
