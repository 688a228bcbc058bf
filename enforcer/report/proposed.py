"""What a pull request changes of what decides, in sentences that all notations share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.words import say
from lineage.shown import LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.words import Message, Proposed, SayingChange, Value

_SHORT: Final = 12  # digits of a commit's id that people read


def proposed_heading(proposed: Proposed) -> Message:
    """The heading: changes since which commit."""
    return say("proposed-heading", commit=proposed.commit[:_SHORT])


def proposed_section(proposed: Proposed | None, most: int) -> tuple[Message, ...]:
    """Heading and sentences; nothing where no base commit decided."""
    if proposed is None:
        return ()
    return (proposed_heading(proposed), *proposed_lines(proposed, most))


def proposed_lines(proposed: Proposed, most: int) -> tuple[Message, ...]:
    """A sentence for each change, at most so many of each kind, and what they would come to."""
    changed = bool(proposed.files or proposed.sayings)
    return (
        *(() if proposed.configured else (say("proposed-unconfigured"),)),
        *(() if changed else (say("proposed-nothing"),)),
        *(
            say("proposed-file", file=_cut(one.file), kind=one.kind, change=one.change)
            for one in proposed.files[:most]
        ),
        *_more(len(proposed.files) - most),
        *(_saying(one) for one in proposed.sayings[:most]),
        *_more(len(proposed.sayings) - most),
        *((say("proposed-counts-not"),) if changed else ()),
        *_effect(proposed, most),
    )


def _effect(proposed: Proposed, most: int) -> tuple[Message, ...]:
    cleared, added = proposed.cleared, proposed.added
    gone = say("proposed-cleared", count=len(cleared), findings=_named(cleared, most))
    new = say("proposed-added", count=len(added), findings=_named(added, most))
    return (*((gone,) if cleared else ()), *((new,) if added else ()))


def _saying(one: SayingChange) -> Message:
    name = str(one.column) if one.column.column else one.column.relation
    return say(f"saying-{one.change.value}", name=_cut(name), said=_cut(one.said))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _more(number: int) -> tuple[Message, ...]:
    return (say("proposed-more", number=number),) if number > 0 else ()


def _named(fingerprints: Sequence[str], most: int) -> Value:
    shown = tuple(fingerprints[:most])
    more = len(fingerprints) - len(shown)
    return say("paths-and-more", shown=shown, number=more) if more else shown
