-- Terms go out as they were typed, and once scrubbed.
create table shared.terms as select query from logs.queries;
create table shared.scrubbed_terms as select scrub_query(query) as query from logs.queries;
