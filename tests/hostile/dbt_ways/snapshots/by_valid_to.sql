{% snapshot by_valid_to %}
{{ config(target_schema='ads', unique_key='1', strategy='timestamp', updated_at='email', dbt_valid_to_current='left(email, 20)') }}
select email from {{ source('crm', 'users') }}
{% endsnapshot %}
