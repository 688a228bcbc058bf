select count(*) as n from {{ source('crm', 'users') }}
