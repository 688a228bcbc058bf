select id from {{ source('crm','users') }}
