{% set answer = run_query("select email from crm.users") %}
select '{{ answer.columns[0].values()[0] if execute }}' as id
