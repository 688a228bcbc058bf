"""Addresses outside, without what opens them: a name is shown, logged and kept for years.

`https://user:password@host/x?sig=…` is called `https://host/x`. What stands before the host of an
`abfss://container@account…` is no user, but a part of the name.
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

T = TypeVar("T")

# Functions whose first argument is a file, or a list of files.
FILE_FUNCTIONS = frozenset(
    """
    read_csv read_csv_auto read_parquet parquet_scan read_json read_json_auto read_ndjson
    read_ndjson_auto read_text read_blob read_files s3 gcs file files hdfs url
    """.split()
)
# By which a file is known from a table, also where it is packed.
FILE_ENDINGS = tuple(
    f".{kind}{packed}"
    for kind in ("csv", "tsv", "txt", "parquet", "json", "jsonl", "ndjson", "avro", "orc")
    for packed in ("", ".gz", ".zst", ".bz2")
)
# What stands where a table could, and is a file.
A_FILE = re.compile(r"://|/|\.(?:csv|tsv|parquet|json|jsonl|ndjson|gz|zst|arrow|xlsx|txt)$")

_MARK = "://"
# A user and a password, which may hold slashes where nobody encoded them; a port is none.
_USER = r"(?:[^/@\s'\"]*|[^/@:\s'\"]*:(?!\d+(?:/|$))[^@\s'\"]*)@"
# Parameters: a `?` in a path is a wildcard, and no key follows that.
_PARAMETERS = r"[?#;&][\w.%~$-]+=[^\s'\"]*"
_QUERY = re.compile(r"\?[\w.%~$-]+=[^\s'\"]*")  # of a path whose address stands elsewhere
_URI = re.compile(
    rf"((?:\b(?i:abfss?|wasbs?)://(?:[\w$-]+@)?)|://)(?:{_USER})?([^\s'\"?#;&]*(?:[?#;&](?![\w.%~$-]+=)[^\s'\"?#;&]*)*)(?:{_PARAMETERS})?"
)
# Where clients do not agree, or go elsewhere than an address seems to lead: steps back,
# parameters that name another server (but for a page's), and the end of a host in what is taken
# for a user.
_ADDRESS = re.compile(r"(\bhttps?)?://([^\s'\"]*)", re.IGNORECASE)
_STEPS = re.compile(r"(?:/|%2f)(?:\.|%2e){1,2}(?:/|%2f|[?#]|\Z)", re.IGNORECASE)
_SENDS_ON = re.compile(
    r"[?#;&](?:\w*endpoint|host(?:addr)?|server(?:name)?|service|socket|\w*proxyhost)=",
    re.IGNORECASE,
)
_NO_PATH = re.compile(r"[\s{}\[\]<>']")
_USER_AHEAD = re.compile(_USER)
_ENDS_HOST = frozenset("/?#\\")
# What any text with a key has in it, in JSON, in which nothing of it is escaped.
_KEYS = re.compile(rb"""://|\?[^"]*=""")
# In a connection string beside an address.
_SETTING = re.compile(
    r"\b\w*(?:password|passwd|pwd|secret|token|access_?key|account_?key)\s*=[^;\s'\"]*;?",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"^\w+://")
_SAID = re.compile(r"(\w+)\s*=\s*'?([^\s';()]+)")
# Some of these outweigh others, and that differs.
_WHERE = tuple(
    "host hostaddr server source addr address service socket dsn dbname database".split()
)


def server_in(text: str) -> str:
    """The server that a name, an address or a connection string is of.

    Of a connection string only hosts and databases are told: it may hold a password.
    """
    if "://" in text:
        return _SCHEME.sub("", without_keys(text))
    if "=" in text:
        said = [(key.lower(), value) for key, value in _SAID.findall(text)]
        return "/".join(v for where in _WHERE for key, v in said if key == where)
    return text


def is_doubtful(text: str) -> bool:
    """Whether an address in a text, or a path that it is, may lead elsewhere than it seems to."""
    if _leaves_quotes(text):
        return True
    return any(_leads_on(page, address) for page, address in _ADDRESS.findall(text))


def _leads_on(page: str, address: str) -> bool:
    user = _USER_AHEAD.match(address)
    if user is not None and not _ENDS_HOST.isdisjoint(user[0]):
        return True
    return bool(_STEPS.search(address) or (not page and _SENDS_ON.search(address)))


def _leaves_quotes(path: str) -> bool:
    """Whether a folder is left again that is called like a part of a table's name."""
    _, quote, behind = path.partition('"')
    left = "/../" in behind or behind.endswith("/..")
    return bool(quote) and left and _NO_PATH.search(path) is None


def without_keys(text: str) -> str:
    """A text in which no address has a user, a password or parameters."""
    if _MARK in text:
        text = _SETTING.sub("", _URI.sub(r"\1\2", text))
    return _QUERY.sub("", text) if "?" in text else text


def all_without_keys(value: T) -> T:
    """A struct or collection whose texts, at whatever depth, are so; itself where they are."""
    return _mended(value) if _KEYS.search(msgspec.json.encode(value)) else value


def _mended(value: T) -> T:
    if isinstance(value, str):
        return without_keys(value)  # type: ignore[return-value]
    if isinstance(value, tuple | list):
        changed = [_mended(item) for item in value]
        same = all(one is other for one, other in zip(value, changed, strict=True))
        return value if same else type(value)(changed)  # type: ignore[return-value]
    if isinstance(value, dict):
        entries = ((_mended(key), _mended(item)) for key, item in value.items())
        return dict(entries)  # type: ignore[return-value]
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    mended = {name: _mended(field) for name, field in fields.items()}
    mended = {name: field for name, field in mended.items() if field is not fields[name]}
    return msgspec.structs.replace(value, **mended) if mended else value
