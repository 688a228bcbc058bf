duckdb
select * from t where exists(exists(exists(exists(exists(exists(exists(exists(exists(exists(exists(exists(exists(exists(exists(exists(exists(exists(a) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1
