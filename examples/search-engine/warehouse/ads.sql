-- Pages and addresses choose advertisements.
create table ads.audience as
select t.page, p.email
from logs.toolbar t
join accounts.people p on p.cookie = t.cookie;
