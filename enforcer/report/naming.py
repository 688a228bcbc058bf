"""What the parts of a finding and of a gap are called, as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.messages import spoken_detail
from enforcer.words import say, verbatim
from lineage import TransformSubtype

if TYPE_CHECKING:
    from enforcer.messages import Words
    from enforcer.words import Finding, Hop, Message, Protection, Value
    from lineage import Column, Gap, GapReason

_ROWS = "*"


def next_step(reason: GapReason) -> Message:
    """What the project can do so that a gap of this kind closes."""
    return say(f"next-step-{reason.value}")


def gap_detail(gap: Gap, words: Words) -> str:
    """What could not be analysed, as far as it is known in the reader's language."""
    return words(spoken_detail(gap.message))


def accepted_by(kind: str) -> Message:
    """What accepted a finding."""
    known = {"waiver": say("by-waiver"), "baseline": say("by-baseline")}
    return known.get(kind) or verbatim(kind)


def name_of(column: Column) -> Message:
    """A column as people read it: also where it has no relation, or stands for rows."""
    relation = column.relation or say("subquery")
    if column.column == _ROWS:
        return say("rows-of", relation=relation)
    if column.column:
        return say("column-of", relation=relation, column=column.column)
    return say("verbatim", text=relation)


def how_of(hop: Hop) -> Message:
    """How a value arrived: `transformation by lower, trim`; `start` for the source itself."""
    if hop.how is None:
        return say("start")
    if hop.functions:
        return say("how-by", how=hop.how, functions=hop.functions)
    return say("how-alone", how=hop.how)


def flow_of(finding: Finding) -> Message | None:
    """By which kind of flow the field gets to the sink, None where nothing flows."""
    return say("by-flow", flow=flow_named(finding.flow)) if finding.flow else None


def flow_named(flow: str) -> Value:
    """A kind of flow by its name: `direct`, or an indirect subtype in lower case."""
    if flow == "direct":
        return say("direct")
    if flow.upper() in TransformSubtype.__members__:
        return TransformSubtype(flow.upper())
    return flow.replace("_", " ")


def protected_by(protections: tuple[Protection, ...]) -> Message:
    """`arrives clear`, or `arrives hashed or clear` where there are several ways."""
    return say("arrives", protections=protections)


def ended(sentence: str, words: Words) -> str:
    """The sentence with a full stop, unless it has an end already."""
    ends = (".", "!", "?", "。", "！", "？")
    return sentence if sentence.endswith(ends) else words(say("ended", sentence=sentence))
