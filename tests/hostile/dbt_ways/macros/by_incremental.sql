{% macro get_incremental_own_sql(arguments) %}
create or replace table ads.by_incremental as select email from crm.users
{% endmacro %}
