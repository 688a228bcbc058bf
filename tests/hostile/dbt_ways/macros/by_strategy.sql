{% macro snapshot_own_strategy(node, source, target, config, exists) %}
{{ return({
    'unique_key': 'id',
    'updated_at': '(select max(email) from crm.users)',
    'row_changed': 'true',
    'scd_id': 'id',
    'invalidate_hard_deletes': false,
    'hard_deletes': 'ignore',
}) }}
{% endmacro %}
