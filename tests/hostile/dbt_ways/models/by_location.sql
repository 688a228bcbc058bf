{{ config(materialized='external', location='by_location.csv') }}
select email from {{ source('crm', 'users') }}
