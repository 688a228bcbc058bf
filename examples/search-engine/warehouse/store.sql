-- Account e-mail beside what was searched for, under which cookie, what was seen and what was inferred.
create table store.sessions as
select q.query, q.cookie, t.page, i.segment, p.email
from logs.queries q
join logs.toolbar t on t.cookie = q.cookie
join logs.interests i on i.cookie = q.cookie
join accounts.people p on p.cookie = q.cookie;
