{{ dispatched() }} select 1 as id
