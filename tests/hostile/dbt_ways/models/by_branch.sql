select 'nobody' as email
{% if var('production', false) %}
union all select email from {{ source('crm', 'users') }}
{% endif %}
