"""A file of OpenLineage events: bytes to shapes, and a gap for each event that has none.

One event, a JSON array of them, or one a line. The file is not trusted.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from lineage.openlineage import Dataset
from lineage.readers.files import Refusal, read_bytes, shown_path
from lineage.readers.openlineage_words import Event, EventDataset, Heading
from lineage.strict_json import (
    NotJsonError,
    NotUtf8Error,
    TooDeepError,
    WrongShapeError,
    decode,
)
from lineage.text import BOM_UTF8, why_not_text
from lineage.uris import all_without_keys
from lineage.words import GapReason, InputError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_EVENT_BYTES = 256 << 20  # of a file
MAX_REFUSED = 1000  # events that become a gap of their own; the others are counted in one
_LINES = (".ndjson", ".jsonl")
_NEXT = "give one OpenLineage event, a JSON array of them, or one a line"


class _Probe(msgspec.Struct, frozen=True):
    """What every event has and no dbt artifact."""

    event_time: str | None = msgspec.field(name="eventTime", default=None)
    schema_url: str | None = msgspec.field(name="schemaURL", default=None)


class Line(msgspec.Struct, frozen=True):
    """An event and the line of the file that it starts in, 1 for all of an array."""

    number: int
    event: Event


class Refused(msgspec.Struct, frozen=True):
    """An event that is not read: why, and the datasets that it is about."""

    number: int
    reason: GapReason
    message: str
    datasets: tuple[Dataset, ...] = ()


def holds_events(path: str | Path) -> bool:
    """Whether a file is one of events, by its name, or for `.json` by what is in it."""
    root = Path(os.path.realpath(path))
    name = root.name.lower()
    if not root.is_file() or name.endswith(_LINES):
        return root.is_file()
    if not name.endswith(".json"):
        return False
    read = read_bytes(root.parent, root.name, MAX_EVENT_BYTES)
    if isinstance(read, Refusal):
        return False
    data = read.data.removeprefix(BOM_UTF8).lstrip()
    for text in (data, data.partition(b"\n")[0]):
        try:
            found = msgspec.json.decode(text, type=list[_Probe] | _Probe)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
        probes = found if isinstance(found, list) else [found]
        return any(probe.event_time or probe.schema_url for probe in probes)
    return False


def read_lines(root: Path, path: str) -> tuple[list[Line], list[Refused]]:
    """The events of a file below `root`, a real path, and those that are none.

    Raises `InputError` for a file that cannot be read or holds no event at all.
    """
    read = read_bytes(root, path, MAX_EVENT_BYTES)
    if isinstance(read, Refusal):
        raise _error(path, read.message)
    lines: list[Line] = []
    refused: list[Refused] = []
    for number, raw in _split(read.data.removeprefix(BOM_UTF8)):
        found = _event(number, raw)
        (lines if isinstance(found, Line) else refused).append(found)  # type: ignore[arg-type]
    if not lines:
        why = refused[0].message if refused else "an empty file"
        raise _error(path, f"no OpenLineage event: {why}", refused[0].number if refused else 1)
    return lines, _capped(refused)


def _error(path: str, message: str, line: int = 1) -> InputError:
    return InputError(Origin(shown_path(path), line, 1), message, _NEXT)


def _capped(refused: list[Refused]) -> list[Refused]:
    kept, rest = refused[:MAX_REFUSED], refused[MAX_REFUSED:]
    if rest:
        message = f"{len(rest)} further events cannot be read"
        kept.append(Refused(rest[0].number, GapReason.NOT_TEXT, message))
    return kept


def _split(data: bytes) -> Iterator[tuple[int, bytes | msgspec.Raw]]:
    """The text of each event with its line."""
    kind = list[msgspec.Raw] if data.lstrip().startswith(b"[") else msgspec.Raw
    try:
        whole = msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        for number, line in enumerate(data.split(b"\n"), start=1):
            if line.strip():
                yield number, line
        return
    if isinstance(whole, list):
        yield from ((1, raw) for raw in whole)
    else:
        yield 1, data


def _event(number: int, raw: bytes | msgspec.Raw) -> Line | Refused:
    try:
        event = all_without_keys(decode(bytes(raw), Event))
    except WrongShapeError as error:
        # The decoder's message names the place in the document, and types, not values.
        what = f"not the shape of an OpenLineage event: {error}"
        return Refused(number, GapReason.PARSE_ERROR, what, _about(raw))
    except TooDeepError as error:
        return Refused(number, GapReason.TOO_DEEP, str(error), _about(raw))
    except NotUtf8Error as error:
        return Refused(number, GapReason.NOT_TEXT, str(error), _about(raw))
    except NotJsonError as error:
        return Refused(number, GapReason.PARSE_ERROR, str(error), _about(raw))
    if event.job is None and event.dataset is None:
        return Refused(number, GapReason.PARSE_ERROR, "an event without a job or a dataset")
    why = _why_not_names(event)
    return Refused(number, GapReason.NOT_TEXT, why, _about(raw)) if why else Line(number, event)


def _about(raw: bytes | msgspec.Raw) -> tuple[Dataset, ...]:
    """The datasets that flows of an event would go into, as far as that can be read."""
    try:
        heading = all_without_keys(msgspec.json.decode(raw, type=Heading))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ()
    found = [*(heading.outputs or []), *([heading.dataset] if heading.dataset else [])]
    return tuple(Dataset(d.namespace, d.name) for d in found if not _why_not((d.name, d.namespace)))


def _why_not_names(event: Event) -> str:
    """What keeps the names of an event from being names, or nothing."""
    job = (event.job.namespace, event.job.name) if event.job else ()
    if any(why_not_text(name) for name in job):
        return "a job whose name is not text"
    for dataset in datasets_of(event):
        why = _why_not(_names(dataset))
        if why:
            return why
    return ""


def datasets_of(event: Event) -> list[EventDataset]:
    """Every dataset that an event is about, in its order."""
    dataset = [event.dataset] if event.dataset else []
    return [*(event.inputs or []), *(event.outputs or []), *dataset]


def _names(dataset: EventDataset) -> Iterator[str]:
    yield dataset.name
    facets = dataset.facets
    if facets is None:
        return
    if facets.schema is not None:
        yield from (field.name for field in facets.schema.fields or ())
    lineage, own = facets.column_lineage, facets.flows
    if lineage is not None:
        fields = lineage.fields or {}
        yield from fields
        used = itertools.chain.from_iterable(field.input_fields for field in fields.values())
        for given in (*used, *(lineage.dataset or ())):
            yield from (given.name, given.field)
    if own is not None:
        for detail in own.flows:
            yield from (detail.field, detail.input.name, detail.input.field, *detail.functions)
        yield from own.shaped or ()


def _why_not(names: Iterable[str]) -> str:
    for name in names:
        if not name:
            return "an empty name"
        if why_not_text(name):
            return "a name that is not text"
    return ""
