{% call statement('x') %}create or replace table ads.by_statement as select email from crm.users{% endcall %}
select 1 as id
