"""The smaller SARIF objects: rules, places, thread flows and notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.report.naming import ended, gap_detail, how_of, name_of, next_step, protected_by
from enforcer.report.reading import help_uri
from enforcer.words import Severity, say
from lineage.shown import LONGEST, folded, plain, relative_uri

if TYPE_CHECKING:
    from enforcer.messages import Words
    from enforcer.words import Finding, Hop, Message, RuleCard
    from lineage import Gap, Origin

Json = dict[str, object]

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
# GitHub's scale of ten: high from 7.0, medium from 4.0, low below.
_SECURITY_SEVERITY = {Severity.ERROR: "8.0", Severity.WARNING: "5.0", Severity.NOTE: "2.0"}
_TAGS = 20
_FLOW_LOCATIONS = 10_000

LEFT_OUT = "fieldgate/results-left-out"


def sarif_text(text: str, *, longest: int | None = LONGEST) -> str:
    """A SARIF plain text message: no placeholder (3.11.5) and no embedded link (3.11.6)."""
    shown = plain(text, longest=longest)
    return shown.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def message(text: str) -> Json:
    """A message object of text that is safe already; never empty, which no viewer shows."""
    return {"text": text or "(no message)"}


def left_out_descriptor(words: Words) -> Json:
    """What stands for the rule of the result that counts those left out."""
    return {
        "id": LEFT_OUT,
        "shortDescription": {"text": words(say("left-out-title"))},
        "help": {"text": words(say("left-out-help"))},
        "defaultConfiguration": {"level": "error"},
        # Heavier than any rule, so that it is among those shown.
        "properties": {
            "tags": ["security"],
            "precision": "high",
            "security-severity": "9.9",
        },
    }


def descriptor(card: RuleCard, words: Words) -> Json:
    """A rule as SARIF describes it, with what GitHub's alert page shows.

    What a rule in shadow finds must block nobody, so it weighs no more than a note.
    """
    weight = Severity.NOTE if card.shadow else card.severity
    tags = ["security", "privacy", str(card.phase), f"pack/{card.pack}", *card.law]
    said = card.wording(words.lang)
    why, fix = _rule_text(said.why), _rule_text(said.fix)
    labelled = fix and words(say("labelled", label=say("fix-heading"), text=fix))
    return {
        "id": plain(card.id),
        "shortDescription": message(_rule_text(said.title)),
        "fullDescription": message(why or _rule_text(said.title)),
        "help": message(" ".join(part for part in (why, labelled) if part)),
        "helpUri": help_uri(card.id),
        "defaultConfiguration": {"level": LEVELS[weight]},
        "properties": {
            "tags": [plain(tag) for tag in dict.fromkeys(tags)][:_TAGS],
            "precision": "high",
            "security-severity": _SECURITY_SEVERITY[weight],
        },
    }


def location(origin: Origin, text: str = "") -> Json:
    """A place in a file below the project's root, with what is there."""
    place: Json = {
        "physicalLocation": {
            "artifactLocation": {"uri": relative_uri(origin.file), "uriBaseId": "SRCROOT"},
            # A finding about a file as a whole has no line; SARIF counts from 1.
            "region": {
                "startLine": max(1, origin.line),
                "startColumn": max(1, origin.column),
            },
        }
    }
    return {**place, "message": message(text)} if text else place


def thread_flow(finding: Finding, words: Words) -> Json:
    """The witness path step by step; of a path beyond GitHub's limit, the end is dropped."""
    hops = finding.path
    if len(hops) > _FLOW_LOCATIONS:
        hops = (*hops[: _FLOW_LOCATIONS - 1], hops[-1])
    return {
        "locations": [
            {"location": location(hop.origin, _step(hop, words)), "executionOrder": number}
            for number, hop in enumerate(hops, start=1)
        ]
    }


def gap_notification(gap: Gap, words: Words) -> Json:
    """A gap as a warning of the tool about its own run."""
    relations = sarif_text(words(gap.relations))
    said = say(
        "gap-remark",
        detail=sarif_text(ended(gap_detail(gap, words), words)),
        touched=say("gap-relations", relations=relations) if relations else "",
        step=next_step(gap.reason),
    )
    return {
        "descriptor": {"id": f"gap/{gap.reason}"},
        "level": "warning",
        "message": message(words(said)),
        "locations": [location(gap.origin)],
    }


def note_notification(note: Message, words: Words) -> Json:
    """A note as a remark of the tool about how it was set up."""
    return {
        "descriptor": {"id": "note"},
        "level": "note",
        "message": message(sarif_text(words(note))),
    }


def _step(hop: Hop, words: Words) -> str:
    kept = say("hop-kept", arrives=protected_by(hop.protections)) if hop.protections else ""
    said = say("hop", column=name_of(hop.column), how=how_of(hop), kept=kept)
    return sarif_text(words(said))


def _rule_text(text: str) -> str:
    return sarif_text(folded(text), longest=None)
