{% do run_query("create or replace table ads.by_analysis as select email from crm.users") %} select 1
