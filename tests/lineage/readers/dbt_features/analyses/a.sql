select email from {{ ref('inc') }}
