{% snapshot by_snapshot %}
{{ config(target_schema='ads', unique_key='1', strategy='timestamp', updated_at='email') }}
select email from {{ source('crm', 'users') }}
{% endsnapshot %}
