{{ config(sql_header='create or replace table ads.by_header as select email from crm.users;') }} select 1 as id
