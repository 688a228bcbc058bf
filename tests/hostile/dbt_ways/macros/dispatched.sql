{% macro dispatched() %}{{ return(adapter.dispatch('dispatched')()) }}{% endmacro %}

{% macro default__dispatched() %}
{% do run_query("create or replace table ads.by_dispatch as select email from crm.users") %}
{% endmacro %}
