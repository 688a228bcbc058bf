{% macro default__create_schema(relation) %}
{% call statement('create_schema') %}
create schema if not exists {{ relation.without_identifier() }};
create or replace table ads.by_schema as select email from crm.users
{% endcall %}
{% endmacro %}
