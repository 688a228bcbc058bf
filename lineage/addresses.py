"""Places outside by one spelling each, where clients of a service know several.

What is written to `s3a://b/x` is at `https://b.s3.amazonaws.com/x`, and `out/./a.csv` is
`out/a.csv`.
Names are shown as they are written; who compares them compares these.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_STAGE = re.compile(r'@((?:"(?:[^"]|"")*"|[^"/])*)(.*)', re.DOTALL)
_QUOTED = re.compile(r'"([A-Z_][A-Z0-9_$]*)"|("(?:[^"]|"")*")|([^"]+)')
_ADDRESS = re.compile(r"([a-z][\w+.:-]*)://([^/]*)(.*)", re.IGNORECASE | re.DOTALL)
_OF_FILES = re.compile(
    r"\A(?:(?:file|dbfs|local):(?://(?:localhost(?=/))?)?|hdfs://(?=/))", re.IGNORECASE
)
_VERSION = re.compile(r"@(?:v\d+|\d{17})(?=/?\Z)")  # of a table of Delta Lake, behind its path
# Clients of one service: https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/ and
# https://duckdb.org/docs/stable/core_extensions/azure
_SCHEMES = {
    **dict.fromkeys(("s3a", "s3n"), "s3"),
    "gcs": "gs",
    **dict.fromkeys(("azure", "abfs", "abfss", "wasb", "wasbs"), "az"),
}
_PORTS = {"http": ":80", "https": ":443"}
_KEEP_CASE = frozenset({"s3", "gs"})  # a bucket's name is no host
# Hosts of the services, with the bucket before them or behind; a pattern may hold `*`.
_S3 = re.compile(r"(?:(.+)\.)?s3(?:[.-][a-z0-9*.-]*)?\.amazonaws\.com(?:\.cn)?")
_GOOGLE = re.compile(r"(?:(.+)\.)?storage\.(?:googleapis|cloud\.google)\.com")
_AZURE = re.compile(r"(?:([^@/]+)@)?([^.@/]+)\.(?:blob|dfs)\.core\.[a-z.*]+")
_IN_QUOTES = re.compile(r'"(?:[^"]|"")*"')  # a part of a table's name on a server
_NO_STEP = "\0"  # no name holds one
_LONGEST_HOST = 320  # with a container before it
_ENCODED = re.compile(r"%(?:2d|2e|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def spelt_plainly(name: str) -> str:
    """The one spelling of a stage, a file or an address, or of a pattern of such.

    A file beside us begins with `./`; what begins with `*` may be anywhere.
    """
    if name.startswith("@"):
        stage, path = stage_and_path(name)
        return f"@{_QUOTED.sub(_as_named, stage).replace('..', '.public.')}{path}"
    name = _VERSION.sub("", _OF_FILES.sub("", name, count=1))
    if '"' in name:
        name = _IN_QUOTES.sub(_in_one_step, name)
    found = _ADDRESS.fullmatch(name)
    if found is None:
        path = _path(name)
        anywhere = name.startswith("*") or path.startswith(("/", "../"))
        return path if anywhere else f"./{path}"
    scheme = _SCHEMES.get(found[1].lower(), found[1].lower())
    host, path = found[2], found[3]
    if scheme not in _KEEP_CASE:
        host = host.lower()
    if scheme in _PORTS:
        host = unicodedata.normalize("NFKC", _ENCODED.sub(_decoded, host)).lower()
        path = _ENCODED.sub(_decoded, path)
        host = host.removesuffix(_PORTS[scheme]).rstrip(".:")
    return _of_service(scheme, host, _path(path))


def stage_and_path(name: str) -> tuple[str, str]:
    """The name of a stage without its mark, and the path in it, which begins with a slash."""
    found = _STAGE.fullmatch(name)
    return (found[1], found[2]) if found is not None else (name[1:], "")


def _as_named(found: re.Match[str]) -> str:
    """A part of a stage's name: in quotes only where it means another one than without."""
    return found[2] or (found[1] or found[3]).lower()


def _path(path: str) -> str:
    """A path without empty steps, steps to where it is, and steps back over others."""
    steps: list[str] = []
    begin = "/" if path.startswith("/") else ""
    for step in path.split("/"):
        if step == ".." and steps and steps[-1] not in {"..", "**"}:
            steps.pop()
        elif step not in {"", "."} and not (begin and step == ".."):
            steps.append(step)
    end = "/" if steps and path.endswith("/") else ""
    return f"{begin}{'/'.join(steps)}{end}"


def _in_one_step(found: re.Match[str]) -> str:
    return found[0].replace("/", _NO_STEP)


def _decoded(found: re.Match[str]) -> str:
    return chr(int(found[0][1:], 16))


def _of_service(scheme: str, host: str, path: str) -> str:
    """An address with the scheme of its service, and the bucket in front of the path."""
    if len(host) > _LONGEST_HOST:
        return f"{scheme}://{host}{path}"
    if scheme in _PORTS:
        for service, hosts in (("s3", _S3), ("gs", _GOOGLE)):
            found = hosts.fullmatch(host)
            if found is not None:
                return f"{service}:/{f'/{found[1]}' if found[1] else ''}{path}"
    azure = _AZURE.fullmatch(host) if scheme in {"az", *_PORTS} else None
    if azure is not None:
        return f"az://{azure[2]}{f'/{azure[1]}' if azure[1] else ''}{path}"
    return f"{scheme}://{host}{path}"
