{{ config(materialized='by_materialization') }} select 1 as id
