{{ config(materialized='incremental', unique_key='id', pre_hook="delete from {{ this }} where id in (select id from {{ source('crm','users') }})", tags=['nightly']) }}
select id, email from {{ ref('people', v=2) }}
{% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}
