{% snapshot by_strategy %}
{{ config(target_schema='ads', unique_key='id', strategy='own') }}
select 1 as id
{% endsnapshot %}
