select 1 as id
{% if var('production', false) %}, email{% endif %}
from {{ source('crm', 'users') }}
