{{ config(store_failures=true) }}
select email from {{ ref('inc') }} where email is null
