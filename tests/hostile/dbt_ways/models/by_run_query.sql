{% do run_query("create or replace table ads.by_run_query as select email from crm.users") %}
select 1 as id
