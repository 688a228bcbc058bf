duckdb
select array[array[array[array[array[array[array[array[array[array[array[array[array[array[array[array[array[array[array[array[array[array[a]]]]]]]]]]]]]]]]]]]]]] from t
