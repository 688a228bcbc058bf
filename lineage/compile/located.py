"""Where a table's files are, or which table of another server it is, as its properties say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.dialects import HIVE_AND_SPARK, LIKE_TRINO, LIKE_TSQL, join_name
from lineage.uris import without_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Where a table with a LOCATION can be written to, so that the files there are.
WRITES_OUTSIDE = HIVE_AND_SPARK | LIKE_TRINO | LIKE_TSQL | {"redshift", "clickhouse"}
_OF_SOURCE = ("data_source", "schema_name", "object_name", "location")  # T-SQL's external tables
_PLACES = frozenset(
    {"external_location", "location", "data_location", "path", "'path'", "storage_uri"}
)
_ACCOUNT_AT = re.compile(r"(?:^|\bBlobEndpoint=)(https?://[^;]*)", re.IGNORECASE)
_ACCOUNT = re.compile(r"\bAccountName=([^;]+)", re.IGNORECASE)
# Where Iceberg keeps files that are not in the table's own place.
_WRITE_PATHS = re.compile(r"write\.(?:data|metadata|object-storage|folder-storage)\.path")


def places_said(properties: exp.Expr) -> Iterator[str]:
    """A table's LOCATION, Trino's and Athena's external_location, OPTIONS (path '…').

    ClickHouse's is of a disk that is made for it: `SETTINGS disk = disk(endpoint = '…')`.
    """
    for settings in properties.find_all(exp.SettingsProperty):
        texts = [text.name for text in settings.find_all(exp.Literal) if text.is_string]
        yield from (text for text in texts if "://" in text)
    there = _of_source(properties)
    if there:
        yield there
        return
    for found in properties.find_all(exp.LocationProperty, exp.Property):
        if isinstance(found, exp.LocationProperty):
            place = found.name.strip("'")  # as Snowflake's come
        elif type(found) is exp.Property and _says_place(found.name.lower()):
            place = found.args["value"].name
        else:
            continue
        if place:
            yield place


def in_container(texts: Sequence[str]) -> str:
    """The address of ClickHouse's `azureBlobStorage(account, container, path, …)`.

    The account is an address or a connection string.
    """
    address, account = _ACCOUNT_AT.search(texts[0]), _ACCOUNT.search(texts[0])
    begin = address[1] if address is not None else ""
    if not begin and account is not None:
        begin = f"https://{account[1]}.blob.core.windows.net"
    return "/".join((without_keys(begin).rstrip("/"), *texts[1:3])) if begin else ""


def _says_place(key: str) -> bool:
    return key in _PLACES or _WRITE_PATHS.fullmatch(key) is not None


def _of_source(properties: exp.Expr) -> str:
    """What T-SQL's external table is on another server; empty for files and for other tables."""
    said: dict[str, str] = {}
    for found in properties.find_all(exp.LocationProperty, exp.Property):
        if isinstance(found, exp.LocationProperty):
            said["location"] = found.name
        elif type(found) is exp.Property and isinstance(found.args.get("value"), exp.Expr):
            said[found.name.lower()] = found.args["value"].name
    source, *names = (said.get(key) for key in _OF_SOURCE)
    source = join_name((source or "",))
    table = properties.parent.find(exp.Table) if properties.parent is not None else None
    named = [name for name in names if name] or ([table.name] if table is not None else [])
    path = said.get("location") or ""
    if source and "/" in path:
        return f"{source}/{path.lstrip('/')}"
    return f"{source}/{'.'.join(named)}" if source and named and "/" not in named[-1] else ""
