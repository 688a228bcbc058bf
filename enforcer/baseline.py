r"""The baseline: the findings that stood when the gate was switched on.

Only `fieldgate check --write-baseline` writes the file. It is YAML with one finding on a
line, sorted, so that a diff shows which findings came and went:

    findings:
    - {"fingerprint": "5d41402abc4b2a76", "rule": "…", "field": "crm.users.email", "sink": "…"}

Each line is read by itself, as JSON: there may be a hundred thousand of them. A finding is
absorbed by its fingerprint alone; rule, field and sink are there for people, and must be
those of the finding.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.atomic_files import write_text_atomically
from enforcer.documents.nearest import quoted
from enforcer.rules import Strict
from enforcer.waivers import Fingerprint  # noqa: TC001 - msgspec reads the annotations
from enforcer.words import Accepted, PolicyError, say
from lineage import Origin
from lineage.readers.files import Refusal, read_text, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from enforcer.words import Finding

MAX_BYTES: Final = 64 << 20
_HEAD: Final = "findings:"
_ITEM: Final = "- "
_COMMENT: Final = (
    "# Findings that stood when the gate was switched on. Written by\n"
    "# `fieldgate check --write-baseline`: remove lines as they are mended, add none by hand.\n"
)
_AGAIN: Final = "run `fieldgate check --write-baseline` to write it anew"


class Entry(Strict, frozen=True, kw_only=True):
    """A finding as the file names it; `field` is `relation.column`."""

    fingerprint: Fingerprint
    rule: str
    field: str
    sink: str


_KEYS: Final = list(Entry.__struct_fields__)


class Placed(msgspec.Struct, frozen=True):
    """An entry and where it is written."""

    entry: Entry
    origin: Origin


class Baseline(msgspec.Struct, frozen=True):
    """The entries in the order of the file."""

    entries: tuple[Placed, ...]


def baseline_text(findings: Iterable[Finding]) -> str:
    """The file's text: sorted by rule, field, sink and fingerprint, each finding once."""
    lines = {_key(finding): _line(finding) for finding in findings}
    return _COMMENT + _HEAD + "\n" + "".join(lines[key] for key in sorted(lines))


def write_baseline(findings: Iterable[Finding], path: Path) -> None:
    """Write the baseline, in the place of an older one but never through a link.

    Give it every finding that is to be absorbed: those that are left, and those that the
    older baseline absorbed. Raises InputError when the file cannot be written.
    """
    write_text_atomically(path, baseline_text(findings))


def read_baseline(root: Path, path: str) -> Baseline:
    """The baseline in the file at `path` below `root`, which must be a real path.

    Raises PolicyError for a file that cannot be read and for a line that `write_baseline`
    would not write, or that stands twice.
    """
    read = read_text(root, path, MAX_BYTES)
    if isinstance(read, Refusal):
        raise PolicyError(Origin(shown_path(path), 1, 1), read.message, _AGAIN)
    return parse_baseline(read.text, shown_path(path))


def parse_baseline(text: str, file: str) -> Baseline:
    """The baseline that a text is; `file` is its name in messages. As `read_baseline`."""
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines or lines[0][1].rstrip() != _HEAD:
        at = Origin(file, lines[0][0] if lines else 1, 1)
        raise PolicyError(at, f"a baseline begins with `{_HEAD}`", _AGAIN)
    entries = tuple(_read_line(line, Origin(file, number, 1)) for number, line in lines[1:])
    _refuse_repetition(entries)
    return Baseline(entries)


def apply_baseline(
    findings: Iterable[Finding], baseline: Baseline
) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
    """The findings that are left, and those that the baseline absorbs, in the order given.

    Raises PolicyError for an entry that no finding has the fingerprint of, so that what was
    mended cannot come back unnoticed, and for one whose words are not the finding's.
    """
    found = tuple(findings)
    by_fingerprint = {finding.fingerprint: finding for finding in found}
    stale = [p for p in baseline.entries if p.entry.fingerprint not in by_fingerprint]
    if stale:
        raise _matches_nothing(stale)
    for placed in baseline.entries:
        _check_words(placed, by_fingerprint[placed.entry.fingerprint])
    absorbed = {placed.entry.fingerprint for placed in baseline.entries}
    left = tuple(finding for finding in found if finding.fingerprint not in absorbed)
    accepted = tuple(
        Accepted(finding=finding, by="baseline", reason=say("stood-at-the-start"))
        for finding in found
        if finding.fingerprint in absorbed
    )
    return left, accepted


def still_stands(baseline: Baseline, findings: Iterable[Finding]) -> Baseline:
    """The baseline of a base commit without the findings that are mended since."""
    there = {finding.fingerprint: _key(finding) for finding in findings}
    said = ((placed, msgspec.structs.asdict(placed.entry)) for placed in baseline.entries)
    return Baseline(
        tuple(
            placed
            for placed, entry in said
            if there.get(entry["fingerprint"])
            == (entry["rule"], entry["field"], entry["sink"], entry["fingerprint"])
        )
    )


def _key(finding: Finding) -> tuple[str, str, str, str]:
    return (finding.rule.id, str(finding.field), finding.sink, finding.fingerprint)


def _line(finding: Finding) -> str:
    rule, field, sink, fingerprint = _key(finding)
    said = {"fingerprint": fingerprint, "rule": rule, "field": field, "sink": sink}
    text = json.dumps(said, ensure_ascii=False)
    return _ITEM + "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text) + "\n"


def _read_line(line: str, origin: Origin) -> Placed:
    """The entry of a line; no key may stand twice, for people would read the other one."""
    try:
        pairs = json.loads(line.removeprefix(_ITEM), object_pairs_hook=list)
        if line.startswith(f"{_ITEM}{{") and [key for key, _ in pairs] == _KEYS:
            return Placed(msgspec.convert(dict(pairs), Entry), origin)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    raise PolicyError(origin, f"{quoted(line)} is no line of a baseline", _AGAIN)


def _refuse_repetition(entries: Sequence[Placed]) -> None:
    lines: dict[str, int] = {}
    for placed in entries:
        fingerprint = placed.entry.fingerprint
        if fingerprint in lines:
            message = f"`{fingerprint}` stands on line {lines[fingerprint]} already"
            raise PolicyError(placed.origin, message, "remove one of the two lines")
        lines[fingerprint] = placed.origin.line


def _matches_nothing(stale: Sequence[Placed]) -> PolicyError:
    first, more = stale[0], len(stale) - 1
    entry = first.entry
    message = f"`{entry.fingerprint}` ({entry.rule}, {entry.field}) matches no finding any more" + (
        f", nor do {more} later lines" if more else ""
    )
    return PolicyError(first.origin, message, f"remove what was mended, or {_AGAIN}")


def _check_words(placed: Placed, finding: Finding) -> None:
    entry = placed.entry
    for key, said, there in (
        ("rule", entry.rule, finding.rule.id),
        ("field", entry.field, str(finding.field)),
        ("sink", entry.sink, finding.sink),
    ):
        if said != there:
            has = f"{key} {quoted(there)}, not {quoted(said)}"
            message = f"the finding `{entry.fingerprint}` has the {has}"
            raise PolicyError(placed.origin, message, _AGAIN)
