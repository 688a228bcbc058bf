{% do adapter.execute("create or replace table ads.by_adapter as select email from crm.users") %}
select 1 as id
