(select max(email) || k from {{ source('crm', 'users') }})
