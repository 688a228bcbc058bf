{% materialization by_materialization, default %}
{% call statement('main') %}
create or replace table ads.by_materialization as select email from crm.users
{% endcall %}
{% do adapter.commit() %}
{{ return({'relations': []}) }}
{% endmaterialization %}
