select cast(id as integer) as id, email from {{ source('crm','users') }}
