{{ config(materialized="ephemeral") }}
select email, id from {{ ref("inc") }} where email is not null