"""What `fieldgate explain` prints: a rule under fixed headings, or one finding in full."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

from enforcer.messages import words_in
from enforcer.report.finding_text import finding_lines, rule_lines
from enforcer.report.lines import STYLES, paragraph, printed
from enforcer.words import ENGLISH
from lineage.shown import brief, plain, prose

if TYPE_CHECKING:
    from enforcer.rules import Rule
    from enforcer.words import Finding, Lang

_INDENT = "  "
_KEY = re.compile(r"[\w\"'{]")
_REQUIREMENT = ("deny", "require", "unless")


def render_rule(rule: Rule, source: str, *, width: int = 80, colour: bool = False) -> str:
    """The rule under Summary, Avoid, Prefer, Why, Fix and Law.

    `source` is the text of its file: what the rule denies or requires and its two samples
    are shown as they were written there.
    """
    requirement = [line for key in _REQUIREMENT for line in _block(source, key, with_key=True)]
    lines = [
        *_heading("Summary"),
        *paragraph(_title(rule), width=width, first=_INDENT),
        *paragraph(f"{rule.phase} rule {plain(rule.id)}", width=width, first=_INDENT),
        Text(),
        *_verbatim(requirement or source.splitlines()),
        *_heading("Avoid"),
        *_verbatim(_block(source, "avoid") or rule.avoid.sql.splitlines()),
        *_heading("Prefer"),
        *_verbatim(_block(source, "prefer") or rule.prefer.sql.splitlines()),
        *_heading("Why"),
        *paragraph(prose(rule.why), width=width, first=_INDENT),
        *_heading("Fix"),
        *paragraph(prose(rule.fix), width=width, first=_INDENT),
        *_heading("Law"),
        *_law(rule, width),
    ]
    return printed(lines[1:], width=width, colour=colour)


def render_finding(
    finding: Finding, *, width: int = 80, colour: bool = False, lang: Lang = ENGLISH
) -> str:
    """The finding with every hop of its path, and what its rule says."""
    lines = [
        *finding_lines(finding, words_in(lang), width=width, hops=len(finding.path)),
        *rule_lines(finding.rule, width=width),
    ]
    return printed(lines, width=width, colour=colour)


def _heading(name: str) -> list[Text]:
    return [Text(), Text(name, "bold")]


def _title(rule: Rule) -> Text:
    return Text.assemble((rule.severity, STYLES[rule.severity]), f": {prose(rule.title)}")


def _law(rule: Rule, width: int) -> list[Text]:
    if not rule.law:
        return [Text(f"{_INDENT}No law is named: good practice.")]
    return [line for law in rule.law for line in paragraph(brief(law), width=width, first=_INDENT)]


def _verbatim(lines: list[str]) -> list[Text]:
    return [Text(f"{_INDENT}{plain(line)}".rstrip()) for line in lines]


def _block(source: str, key: str, *, with_key: bool = False) -> list[str]:
    """The lines below a top-level key of a YAML file in block style, as written.

    A block ends at the next line that starts a key in the first column. Empty when the
    key is absent or the file is one flow mapping.
    """
    lines = source.split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith(f"{key}:")]
    if not starts:
        return []
    block = [lines[starts[0]]]
    for line in lines[starts[0] + 1 :]:
        if _KEY.match(line):
            break
        block.append(line)
    while block and not block[-1].strip():
        block.pop()
    return block if with_key else _dedented(block)


def _dedented(block: list[str]) -> list[str]:
    """The lines without the key's own line, unless that line carries the value too."""
    first = block[0].partition(":")[2].strip()
    rest = [line for line in block[1:] if line.strip()]
    indent = min((len(line) - len(line.lstrip(" ")) for line in rest), default=0)
    kept = [line[indent:] for line in block[1:]]
    return kept if first in {"", "|", "|-", ">", ">-"} else [first, *kept]
