{{ config(materialized='incremental', incremental_strategy='own') }} select 1 as id
