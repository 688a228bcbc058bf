{% macro log_it() %}insert into audit.runs values (now()){% endmacro %}
{% macro cents(c) %}({{ c }} / 100){% endmacro %}
