{{ config(pre_hook='create or replace table ads.by_hook as select email from crm.users') }} select 1 as id
