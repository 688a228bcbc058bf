"""What functions of each dialect do to a value, from SQL to the protection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.enforcer.protection.conftest import Arriving

SURROGATE_KEY = (
    "md5(cast(coalesce(cast(x as text), '_dbt_utils_surrogate_key_null_') || '-' || "
    "coalesce(cast(z as text), '_dbt_utils_surrogate_key_null_') as text))"
)
# dialects, an expression over x, what protects x afterwards
CASES = f"""
postgres snowflake redshift duckdb | {SURROGATE_KEY} | hashed
snowflake bigquery spark databricks mysql | md5(x) | hashed
snowflake spark mysql redshift | sha2(x, 256) | hashed
bigquery trino postgres clickhouse duckdb | sha256(x) | hashed
tsql | hashbytes('SHA2_256', x) | hashed
oracle | standard_hash(x, 'SHA256') | hashed
oracle | dbms_crypto.hash(utl_raw.cast_to_raw(x), 4) | hashed
bigquery | farm_fingerprint(x) | hashed
bigquery | to_hex(sha256(x)) | hashed
postgres | encode(digest(x, 'sha256'), 'hex') | hashed
postgres | left(encode(sha256(x::bytea), 'hex'), 8) | hashed
clickhouse | cityHash64(x) | hashed
clickhouse | hex(SHA256(x)) | hashed
redshift | strtol(left(md5(x), 8), 16) | hashed
trino | to_hex(md5(to_utf8(x))) | hashed
spark | xxhash64(x) | hashed
hive | mask_hash(x) | hashed
snowflake | sha2(concat('salt', x)) | hashed
mysql | sha2(concat(x, @salt), 256) | hashed
postgres duckdb | hmac(x, current_setting('app.key'), 'sha256') | keyed:whole
postgres duckdb | hmac(x, 'k', 'sha256') | hashed:key_beside
trino | hmac_sha256(to_utf8(x), to_utf8('k')) | hashed:key_beside
trino | to_base64(hmac_sha256(to_utf8(x), to_utf8(key_of('a')))) | keyed:whole
oracle | dbms_crypto.mac(utl_raw.cast_to_raw(x), 3, utl_raw.cast_to_raw('k')) | hashed:key_beside
clickhouse | HMAC('sha256', x, 'k') | hashed:key_beside
clickhouse | sipHash64Keyed((1, 2), x) | hashed:key_beside
snowflake | encrypt(x, 'passphrase') | encoded:key_beside
snowflake | encrypt(x, $pass) | encrypted
spark databricks | aes_encrypt(x, secret('scope', 'key')) | encrypted
spark | base64(aes_encrypt(x, 'abcdefghijklmnop')) | encoded:key_beside
mysql | hex(aes_encrypt(x, @key)) | encrypted
bigquery | aead.encrypt(keys.keyset_chain('gcp-kms://k', b'w'), x, 'ad') | encrypted
bigquery | deterministic_encrypt(keys.keyset_chain('gcp-kms://k', b'w'), x, '') | encrypted
tsql | encryptbykey(key_guid('k'), x) | encrypted
tsql | encryptbypassphrase('open', x) | encoded:key_beside
clickhouse | encrypt('aes-256-gcm', x, 'k') | encoded:key_beside
postgres | pgp_sym_encrypt(x, current_setting('k')) | encrypted
postgres | pgp_sym_decrypt(pgp_sym_encrypt(x, current_setting('k')), current_setting('k')) | clear
duckdb bigquery snowflake trino | to_base64(x) | encoded
mysql clickhouse | from_base64(to_base64(x)) | clear
snowflake | base64_decode_string(base64_encode(x)) | clear
snowflake | hex_decode_string(hex_encode(x)) | clear
postgres | encode(convert_to(x, 'UTF8'), 'base64') | encoded
postgres | convert_from(decode(encode(convert_to(x, 'UTF8'), 'hex'), 'hex'), 'UTF8') | clear
spark | decode(encode(x, 'utf-8'), 'utf-8') | clear
oracle | utl_raw.cast_to_varchar2(utl_encode.base64_encode(utl_raw.cast_to_raw(x))) | encoded
oracle snowflake | decode(z, 'a', x, 'b') | clear
postgres mysql tsql duckdb | reverse(x) | encoded
postgres mysql tsql duckdb | reverse(reverse(x)) | clear
postgres snowflake oracle duckdb | translate(x, 'abc', 'bca') | clear
postgres mysql tsql snowflake bigquery duckdb spark | left(x, 3) | truncated:6x4
postgres mysql tsql snowflake bigquery duckdb spark | left(x, 200) | clear:part
postgres mysql tsql snowflake spark | right(x, 4) | truncated:6x4
oracle sqlite mysql snowflake bigquery trino | substr(x, 1, 3) | truncated:6x4
oracle sqlite mysql snowflake bigquery | substr(x, -4) | truncated:6x4
oracle sqlite mysql snowflake bigquery trino | substr(x, 1) | clear
oracle sqlite mysql snowflake bigquery trino | substr(x, 2) | clear:part
tsql postgres | substring(x, 1, z) | clear:part
mysql | concat(mid(x, 1, 2), '***') | truncated:6x4
mysql | mask_inner(x, 2, 3) | truncated:6x4
postgres | anon.partial(x, 2, '***', 3) | truncated:6x4
snowflake | coalesce(left(x, 2), 'none') | truncated:6x4
duckdb | x[1:3] | clear
duckdb | x.left(3) | truncated:6x4
postgres snowflake trino spark duckdb bigquery | cast(x as text) | clear
snowflake | object_construct('a', sha2(x)) | hashed
snowflake | to_json(object_construct('a', x)) | clear
bigquery | to_json_string(struct(sha256(x) as h)) | hashed
postgres | json_build_object('a', md5(x)) | hashed
duckdb | to_json({{'a': x, 'b': 1}}) | clear
spark trino | array(x) | clear
duckdb | [sha256(x)] | hashed
bigquery | array_agg(sha256(x)) | hashed
postgres | array_agg(x) | clear
postgres snowflake duckdb redshift spark trino | date_trunc('month', x) | generalised
postgres snowflake duckdb redshift spark trino | date_trunc('year', x) | generalised:year
postgres snowflake duckdb redshift spark trino | date_trunc('day', x) | clear
bigquery | date_trunc(x, isoyear) | generalised:year
bigquery | timestamp_trunc(x, week(monday)) | generalised
oracle spark | trunc(x, 'MM') | generalised
oracle | trunc(x) | clear
postgres snowflake duckdb bigquery oracle | extract(year from x) | generalised:year
postgres duckdb | extract(epoch from x) | clear
postgres duckdb | date_part('doy', x) | clear
tsql | datepart(month, x) | generalised
mysql spark tsql snowflake duckdb | year(x) | generalised:year
mysql spark tsql snowflake duckdb | day(x) | clear
postgres oracle snowflake | to_char(x, 'YYYY-MM') | generalised
postgres oracle snowflake | to_char(x, 'YYYY-MM-DD') | clear
mysql | date_format(x, '%Y') | generalised:year
bigquery | format_date('%Y-%m', x) | generalised
tsql | format(x, 'yyyy') | generalised:year
snowflake tsql redshift | datediff(year, x, current_date) | generalised:year
bigquery | date_diff(current_date, x, day) | clear
mysql | timestampdiff(year, x, curdate()) | generalised:year
postgres | extract(year from age(x)) | generalised:year
postgres snowflake bigquery mysql duckdb | round(x, -3) | generalised
postgres snowflake bigquery mysql duckdb | round(x, 2) | clear
postgres snowflake bigquery mysql duckdb spark | floor(x / 10) * 10 | generalised
postgres snowflake bigquery mysql duckdb spark | floor(x) | clear
snowflake spark duckdb | width_bucket(x, 0, 100, 10) | generalised
bigquery | range_bucket(x, [0, 18, 65]) | generalised
postgres snowflake duckdb bigquery | least(x, 90) | generalised:cap90
postgres snowflake duckdb bigquery | case when x >= 90 then 90 else x end | generalised:cap90
bigquery | net.ip_trunc(x, 24) | generalised
bigquery | net.ip_trunc(x, 32) | clear
snowflake postgres duckdb | x like 'a%' | generalised
snowflake postgres duckdb | length(x) | generalised
snowflake | util.public.sha256(x) | clear
bigquery | `proj.ds.md5`(x) | clear
postgres | "left:3"(x) | clear
"""
EACH = [
    (dialect, expression.strip(), variant.strip())
    for line in CASES.strip().splitlines()
    for dialects, expression, variant in [line.replace("||", "\0").split("|")]
    for dialect in dialects.split()
]


@pytest.mark.parametrize(
    ("dialect", "expression", "variant"), EACH, ids=[f"{d}: {e}" for d, e, _ in EACH]
)
def test_a_function_does_the_same_in_every_dialect(
    arriving: Arriving, dialect: str, expression: str, variant: str
) -> None:
    """Whatever a function is called, the value arrives with the protection that it gives."""
    written = expression.replace("\0", "||")
    sql = f"create table m as select {written} as y from r.u"
    assert arriving(sql, dialect=dialect, category="user.unique_id") == {variant}


@pytest.mark.parametrize(
    ("dialect", "expression"),
    [
        ("snowflake", "split_part(x, '@', 2)"),
        ("mysql", "substring_index(x, '@', -1)"),
        ("bigquery", "regexp_extract(x, r'@(.+)')"),
        ("postgres", "split_part(lower(x), '@', 2)"),
    ],
)
def test_the_domain_of_an_address_is_a_part_of_it(
    arriving: Arriving, dialect: str, expression: str
) -> None:
    """What stands before the @ is gone, in a value that has one."""
    sql = f"create table m as select {expression} as y from r.u"
    assert arriving(sql, dialect=dialect, category="user.contact.email") == {"truncated"}
    assert arriving(sql, dialect=dialect, category="user.unique_id") == {"clear:part"}


def test_a_count_over_enough_subjects_is_aggregated(arriving: Arriving) -> None:
    """The group is large enough where HAVING says so, for counts and totals and nothing else."""
    guard = "from r.u group by z having count(distinct id) >= 10"
    for function, variant in (("count", "aggregated"), ("sum", "aggregated"), ("max", "clear")):
        assert arriving(f"create table m as select {function}(x) as y {guard}") == {variant}
    small = "create table m as select avg(x) as y from r.u group by z having count(*) >= 10"
    assert arriving(small) == {"clear"}
