{% snapshot snap_a %}
{{ config(target_schema='snaps', unique_key='id', strategy='check', check_cols=['email']) }}
select id, email from {{ source('crm','users') }}
{% endsnapshot %}

{% snapshot snap_b %}
{{ config(target_schema='snaps', unique_key='id', strategy='timestamp', updated_at='id') }}
select id from {{ ref('inc') }}
{% endsnapshot %}
