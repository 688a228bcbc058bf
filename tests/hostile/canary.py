"""Projects full of values that no output may hold, and every command that may be run on them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parent.parent.parent
SHOP = ROOT / "examples" / "shop"

WORD = "zanzibar"
SECRET = "zanzibar-4711-SECRET"  # noqa: S105 - of nothing
MAIL = "zanzibar.kenya@swahili-coast.com"
CARD = "4929130746092711"
NUMBER = "471100815"

# What may be found of them: all that somebody could recognise a value by.
TRACES = (WORD, "-4711-", NUMBER, CARD, "swahili", "kenya", "za\u2026", "\u2026om", "\u202611")

ENVIRONMENT = {
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "DBT_ENV_SECRET_TOKEN": SECRET,
    "GITHUB_TOKEN": SECRET,
    "FIELDGATE_OPA_TOKEN": SECRET,
    "DBT_PASSWORD": MAIL,
}

STATEMENTS = {
    "filter": f"create table mart.a as select email from raw.users where name = '{SECRET}'",
    "conditional": f"create table mart.b as select case when name = '{SECRET}' then email "
    f"else '{MAIL}' end as contact from raw.users",
    "value": f"create table mart.c as select '{SECRET}' as word, email from raw.users",
    "unnamed": f"create table mart.d as select '{SECRET}', {NUMBER}, email from raw.users",
    "bare": f"select '{SECRET}', '{MAIL}', email from raw.users where id = {NUMBER}",
    "insert": f"insert into raw.users (name, email) values ('{SECRET}', '{MAIL}')",
    "list": f"create view mart.e as select email from raw.users where name in ('{SECRET}', 'b')",
    "like": f"create view mart.f as select email from raw.users where name like '%{SECRET}%'",
    "function": f"create view mart.g as select date_trunc('{SECRET}', at) as at, "
    f"left(email, 3) as l, my_udf(email, '{SECRET}', {NUMBER}) as u, "
    f"regexp_replace(email, '{SECRET}', '{MAIL}') as r, to_char(at, '{SECRET}') as t, "
    f"hmac(email, '{SECRET}', 'sha256') as h, encode(email, '{SECRET}') as e, "
    f"split_part(email, '{SECRET}', 1) as s, extract(year from at) as y from raw.users",
    "literal": f"create view mart.h as select '{MAIL}' as m, '{CARD}' as c from raw.users",
    "having": f"create view mart.i as select name from raw.users group by name "
    f"having max(email) > '{SECRET}' and count(distinct id) > 20"
    f" and max(id) > {NUMBER}",
    "join": f"create view mart.j as select u.email from raw.users u join raw.orders o "
    f"on u.id = o.id and o.code = '{SECRET}'",
    "update": f"update raw.users set email = '{MAIL}' where name = '{SECRET}'",
    "delete": f"delete from raw.users where name = '{SECRET}'",
    "merge": f"merge into raw.users u using raw.orders o on u.id = o.id and o.c = '{SECRET}' "
    f"when matched and u.name = '{SECRET}' then update set email = '{MAIL}'",
    "comment": f"/* {SECRET} */ create view mart.k as select email -- {SECRET}\nfrom raw.users",
    "comment-on": f"comment on column raw.users.email is '{SECRET}'",
    "comment-table": f"comment on table raw.users is '{SECRET}'",
    "default": f"create table raw.users (id int, name text default '{SECRET}', email text, "
    f"at timestamp, note text check (note <> '{SECRET}'))",
    "columns-comment": f"create table raw.orders (id int comment '{SECRET}', code text, c text)",
    "copy": "copy into 's3://bucket/out' from raw.users "
    f"credentials = (aws_key_id = '{SECRET}' aws_secret_key = '{SECRET}')",
    "copy-from": "copy into raw.users from 's3://bucket/in' "
    f"credentials = (aws_key_id = '{SECRET}' aws_secret_key = '{SECRET}')",
    "copy-redshift": "copy raw.users from 's3://bucket/in' "
    f"credentials 'aws_access_key_id={SECRET};aws_secret_access_key={SECRET}'",
    "unload": f"unload ('select email from raw.users where name = ''{SECRET}''') "
    f"to 's3://bucket/out' credentials 'aws_secret_access_key={SECRET}'",
    "uri-user": f"copy into 'https://user:{SECRET}@bucket.example/out' from raw.users",
    "uri-query": f"copy into 'azure://bucket.example/out?sv=1&sig={SECRET}' from raw.users",
    "copy-program": f"copy raw.users to program 'curl -H {SECRET} https://bucket.example'",
    "stage": f"create stage st url = 's3://bucket/st?sig={SECRET}' "
    f"credentials = (aws_secret_key = '{SECRET}')",
    "external": "create external table raw.ext (id int) location 's3://bucket/x' "
    f"options (password '{SECRET}')",
    "server": f"create user mapping for u server s options (user 'a', password '{SECRET}')",
    "user": f"create user u password '{SECRET}'",
    "alter-user": f"alter user u set password = '{SECRET}'",
    "secret": f"create secret s (type s3, key_id 'a', secret '{SECRET}')",
    "connection": f"create connection c options (password '{SECRET}')",
    "attach": f"attach 'postgres://u:{SECRET}@host/db' as other",
    "dblink": f"create view mart.l as select * from dblink('host=h password={SECRET}', "
    "'select 1') as t(email text)",
    "read": f"create view mart.m as select * from read_csv('https://u:{SECRET}@h/x.csv')",
    "set": f"set my_var = '{SECRET}'",
    "declare": f"declare x string default '{SECRET}'; select x, email from raw.users",
    "dynamic": f"execute immediate 'select email from raw.users where n = ''{SECRET}'''",
    "dynamic-built": f"execute immediate 'select {SECRET} from ' || name",
    "call": f"call proc('{SECRET}', {NUMBER})",
    "do": f"do $$ begin perform f('{SECRET}'); end $$",
    "body": "create function f(x text) returns text language plpython3u as "
    f"$$ return '{SECRET}' $$",
    "sql-body": "create function g(x text) returns text language sql as "
    f"$$ select email from raw.users where name = '{SECRET}' $$",
    "procedure": f"create procedure p() as begin insert into mart.n select email from raw.users "
    f"where name = '{SECRET}'; end",
    "policy": f"create masking policy mp as (v string) returns string -> "
    f"case when current_role() = '{SECRET}' then v else '{SECRET}' end",
    "row-policy": f"create row access policy rp as (v string) returns boolean -> v = '{SECRET}'",
    "tag": f"alter table raw.users modify column email set tag note = '{SECRET}'",
    "unknown": f"frobnicate table raw.users with '{SECRET}' quietly",
    "parse-error": f"create table mart.o as select ( from where '{SECRET}' ((",
    "parse-error-2": f"select email fro raw.users whre '{SECRET}' x y z",
    "parse-error-3": f"create table mart.p as select email from raw.users where 'a' '{SECRET}' (",
    "parse-error-4": f"select cast('{SECRET}' as {SECRET}) from raw.users",
    "parse-error-5": f"select interval '{SECRET}' foo bar from raw.users",
    "token-error": f"select email from raw.users where name = '{SECRET}",
    "token-error-2": f"select email from raw.users where name = $a$ {SECRET}",
    "token-error-3": f"select email /* {SECRET} from raw.users",
    "token-error-4": f'select "{SECRET}',
    "template": f"select email from raw.users where name = {{{{ env_var('{SECRET}') }}}}",
    "values": f"create table mart.q as select * from (values ('{SECRET}', '{MAIL}')) as v(a, b)",
    "sort": f"create view mart.r as select email from raw.users order by name = '{SECRET}'",
    "array": f"create view mart.s as select array['{SECRET}', email] as x from raw.users",
    "cast": f"create view mart.t as select cast('{SECRET}' as varchar) || email as x "
    "from raw.users",
    "grant": f"grant select on raw.users to role analyst -- {SECRET}",
    "options": f"create table mart.u with (note = '{SECRET}') as select email from raw.users",
    "hint": f"create view mart.v as select /*+ {SECRET} */ email from raw.users",
    "variable": f"set (a, b) = ('{SECRET}', {NUMBER}); select $a, email from raw.users",
    "show": f"show tables like '{SECRET}'",
    "raise": f"begin raise notice '{SECRET}'; end",
    "clickhouse-insert": "insert into function mysql('h:1', 'db', 't', 'u', "
    f"'{SECRET}') select email from raw.users",
    "clickhouse-read": "create view mart.y as select * from mysql('h:1', 'db', 't', 'u', "
    f"'{SECRET}')",
    "clickhouse-engine": "create table raw.z (email String) engine = MySQL('h:1', 'db', 't', "
    f"'u', '{SECRET}')",
    "clickhouse-database": "create database far engine = PostgreSQL('h:1', 'db', 'u', "
    f"'{SECRET}'); insert into far.t (email) select email from raw.users",
    "clickhouse-azure-database": "create database az engine = AzureBlobStorage("
    f"'AccountKey={SECRET};BlobEndpoint=https://b.example/x'); "
    "insert into az.t (email) select email from raw.users",
    "attach-used": f"attach 'postgres:dbname=d host=h password={SECRET}' as pg (type postgres); "
    "insert into pg.t (email) select email from raw.users",
    "attach-token": f"attach 'md:my?motherduck_token={SECRET}'; "
    "insert into my.t (email) select email from raw.users",
    "attach-uri": f"attach 'postgres://u:{SECRET}@host/db' as other; "
    "insert into other.t (email) select email from raw.users",
    "attach-host": f"attach 'postgres://u:{SECRET}@host'; "
    "insert into host.t (email) select email from raw.users",
    "remote-function": "create function raw.f(x string) returns string remote with connection c "
    f"options (endpoint = 'https://u:{SECRET}@h.example/f?key={SECRET}'); "
    "create view mart.f as select raw.f(email) as f from raw.users",
    "catalog": "create catalog far using postgresql with "
    f"(\"connection-url\" = 'jdbc:postgresql://h/d?password={SECRET}'); "
    "insert into far.s.t (email) select email from raw.users",
    "clickhouse-s3": "create table raw.s (email String) engine = S3('https://b.s3/x', 'a', "
    f"'{SECRET}')",
    "clickhouse-azure": "create table raw.az (email String) engine = AzureBlobStorage("
    f"'AccountKey={SECRET};BlobEndpoint=https://b.example/x')",
    "openrowset": "create view mart.zz as select * from openrowset('MSOLEDBSQL', "
    f"'Server=h;Database=d;UID=u;PWD={SECRET}', 'select email from t')",
    "openquery": f"create view mart.zy as select * from openquery(srv, 'select ''{SECRET}'' x')",
    "linked": f"exec sp_addlinkedsrvlogin 'srv', 'false', null, 'u', '{SECRET}'",
    "iam": f"create external schema s from data catalog iam_role '{SECRET}'",
    "pivot": "create view mart.w as select * from raw.orders "
    f"pivot(max(code) for c in ('{SECRET}' as x))",
    "json": f'create view mart.x as select email from raw.users where j @> \'{{"a": "{SECRET}"}}\'',
}


def sql_project(folder: Path, dialect: str) -> Path:
    """A folder with one file a statement, and what may be written beside SQL."""
    for name, statement in STATEMENTS.items():
        (folder / f"{name}.sql").write_text(f"{statement}\n", encoding="utf-8")
    (folder / "fieldgate.yml").write_text(
        f"# {SECRET}\nversion: 1\ndialect: {dialect}\npacks: [baseline]\n"
        "places: places.yml\nlabels: [labels.yml]\nmin_coverage: 0.0\n",
        encoding="utf-8",
    )
    (folder / "labels.yml").write_text(
        f"# {SECRET}\nlabels:\n- relation: raw.users\n"
        "  columns: {email: user.contact.email, name: user.name}\n",
        encoding="utf-8",
    )
    (folder / "places.yml").write_text(
        f"# {SECRET}\noutside: {{match: {{uris: ['s3://*', 'azure://*', 'https://*']}}}}\n",
        encoding="utf-8",
    )
    return folder


def dbt_project(folder: Path) -> Path:
    """The shop, with the values in its seeds, its SQL, and all that people wrote about it."""
    shutil.copytree(SHOP, folder, dirs_exist_ok=True)
    for seed in sorted((folder / "seeds").glob("*.csv")):
        header, *rows = seed.read_text("utf-8").splitlines()
        names = header.split(",")
        line = ",".join(_cell(name) for name in names)
        seed.write_text("\n".join([header, *rows, *[line] * len(rows), line, ""]), "utf-8")
    for file in [*folder.rglob("*.yml"), *folder.rglob("models/**/*.sql")]:
        mark = "#" if file.suffix == ".yml" else "--"
        file.write_text(f"{file.read_text('utf-8')}\n{mark} {SECRET}\n", "utf-8")
    path = folder / "target" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    for node in _nodes(manifest):
        _fill(node)
    path.write_text(json.dumps(manifest), "utf-8")
    return folder


def _cell(name: str) -> str:
    if "mail" in name:
        return MAIL
    return CARD if "card" in name or "account" in name else SECRET


def _nodes(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in ("nodes", "sources", "exposures", "macros"):
        yield from manifest[key].values()


def _fill(node: dict[str, Any]) -> None:
    node["description"] = SECRET
    node.setdefault("meta", {})["note"] = SECRET
    for column in (node.get("columns") or {}).values():
        column["description"] = SECRET
        column.setdefault("meta", {})["note"] = SECRET
    for key in ("raw_code", "compiled_code"):
        if node.get(key):
            node[key] += f"\n-- {SECRET}\n"


def events(file: Path) -> Path:
    """OpenLineage events whose namespaces are addresses with a password, and literals."""
    transform = {
        "type": "DIRECT",
        "subtype": "TRANSFORMATION",
        "description": f"CASE WHEN name = '{SECRET}' THEN email END",
        "masking": False,
    }
    source = {"namespace": f"postgres://u:{SECRET}@host.example:5432", "name": "raw.users"}
    lineage = {
        "fields": {
            "email": {"inputFields": [{**source, "field": "email", "transformations": [transform]}]}
        }
    }
    event = {
        "eventTime": "2026-01-01T00:00:00Z",
        "job": {"namespace": f"https://u:{SECRET}@host.example/x?token={SECRET}", "name": "job"},
        "inputs": [source],
        "outputs": [
            {
                "namespace": f"s3://k:{SECRET}@host.example",
                "name": f"x?sig={SECRET}",
                "facets": {"columnLineage": lineage},
            }
        ],
    }
    file.write_text(json.dumps(event) + "\n", "utf-8")
    return file


CHECK = ["check", "{project}"]


def every_statement() -> dict[str, tuple[str, str, list[str]]]:
    """Files that cannot be read as they are: their name, their text, and who reads them."""
    config = "version: 1\n"
    broken = {
        "config-not-yaml": ("fieldgate.yml", f"{config}dialect: ['{SECRET}'\n"),
        "config-anchor": ("fieldgate.yml", f"{config}# {SECRET}\ndialect: *b\n"),
        "config-tag": ("fieldgate.yml", f"{config}dialect: !!python/name:x '{SECRET}'\n"),
        "config-escape": ("fieldgate.yml", f'{config}dialect: "\\q{SECRET}"\n'),
        "config-type": ("fieldgate.yml", f"{config}min_coverage: ['{SECRET}']\n"),
        "config-secret": ("fieldgate.yml", f"{config}opa: {{url: 'https://u:{SECRET}@host'}}\n"),
        "config-list": ("fieldgate.yml", f"- {SECRET}\n- {SECRET}\n"),
        "config-twice": ("fieldgate.yml", f"{config}lang: en # {SECRET}\nlang: zh # {SECRET}\n"),
        "manifest": ("target/manifest.json", f'{{"metadata": "{SECRET}"}}'),
        "manifest-not-json": ("target/manifest.json", f'{{"metadata": "{SECRET}'),
        "manifest-nodes": ("target/manifest.json", f'{{"nodes": ["{SECRET}"]}}'),
        "project": ("dbt_project.yml", f"name: x\nmodel-paths: [{SECRET}\n"),
    }
    found = {name: (file, text, CHECK) for name, (file, text) in broken.items()}
    found["event"] = (
        "e.ndjson",
        f'{{"job": "{SECRET}"}}\n{{"job": \n{SECRET}\n',
        ["lineage", "{project}/e.ndjson"],
    )
    found["run-file"] = (
        "r.jsonl",
        f'{{"type": "{SECRET}"}}\n',
        ["log", "verify", "{project}/r.jsonl"],
    )
    found["run-file-shown"] = (
        "r.jsonl",
        f'{{"n": "{SECRET}"}}\n',
        ["log", "show", "{project}/r.jsonl"],
    )
    return found


def commands(project: Path, out: Path) -> Iterator[list[str]]:
    """Every command in every notation, with what it may write."""
    for notation in ("text", "json", "sarif", "html", "github", "markdown"):
        yield ["check", str(project), "--format", notation, "--show-accepted"]
    yield ["check", str(project), "--lang", "zh"]
    yield ["check", str(project), "--evidence", str(out / "evidence")]
    yield ["check", str(project), "--write-baseline", str(out / "baseline.yml")]
    yield ["check", str(project), "--output", str(out / "report.txt")]
    yield ["log", "verify", str(out / "evidence")]
    yield ["test", "--path", str(project), "--never-fired"]
    for notation in ("text", "json"):
        yield ["classify", str(project), "--at-least", "low", "--format", notation]
    for notation in ("text", "json", "mermaid", "graphviz", "openlineage"):
        yield ["lineage", str(project), "--format", notation, "--no-cache"]
    for column in explained(project):
        for notation in ("text", "json"):
            yield ["explain", column, "--path", str(project), "--format", notation]
        yield ["lineage", column, "--path", str(project), "--no-cache"]


def explained(project: Path) -> Sequence[str]:
    """Columns worth explaining in a project."""
    if (project / "target").is_dir():
        return ("ad_audience.match_key",)
    return ("mart.b.contact", "mart.g.h")
