"""What `fieldgate explain` prints: a rule under fixed headings, or one finding in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from enforcer.messages import words_in
from enforcer.report.finding_text import finding_lines, rule_lines
from enforcer.report.lines import STYLES, paragraph, printed
from enforcer.report.written import written_block
from enforcer.words import ENGLISH, say
from lineage.shown import brief, plain, prose

if TYPE_CHECKING:
    from enforcer.messages import Words
    from enforcer.rules import Rule
    from enforcer.words import Finding, Lang

_INDENT = "  "
_REQUIREMENT = ("parameters", "deny", "require", "allow", "unless", "except")


def render_rule(
    rule: Rule,
    source: str,
    *,
    given: str = "",
    width: int = 80,
    colour: bool = False,
    lang: Lang = ENGLISH,
) -> str:
    """The rule under Summary, Avoid, Prefer, Why, Fix and Law, and what it cannot verify.

    `source` is the text of its file: what the rule denies, requires or allows, with parameters
    and exceptions, and its two samples are shown as they were written there. `given` is what
    a pack has written of it: values of its law, and samples of its own.
    """
    words, said = words_in(lang), rule.card("").wording(lang)
    requirement = [
        line for key in _REQUIREMENT for line in written_block(source, key, with_key=True)
    ]
    requirement += written_block(given, "with", with_key=True)
    phase = words(say("phase-rule", phase=rule.phase, rule=plain(rule.id)))
    parts = (
        (
            say("summary"),
            [
                *paragraph(_title(rule, words), width=width, first=_INDENT),
                *paragraph(phase, width=width, first=_INDENT),
                Text(),
                *_verbatim(requirement or source.splitlines()),
            ],
        ),
        (say("avoid"), _verbatim(_sample("avoid", given, source) or rule.avoid.sql.splitlines())),
        (
            say("prefer"),
            _verbatim(_sample("prefer", given, source) or rule.prefer.sql.splitlines()),
        ),
        (say("why-heading"), paragraph(prose(said.why), width=width, first=_INDENT)),
        (say("fix-heading"), paragraph(prose(said.fix), width=width, first=_INDENT)),
        (say("law-heading"), _law(rule, width, words)),
        (say("cannot-verify-heading"), _unverified(rule, width)),
    )
    lines = [line for name, below in parts if below for line in (*_heading(words(name)), *below)]
    return printed(lines[1:], width=width, colour=colour)


def render_finding(
    finding: Finding, *, width: int = 80, colour: bool = False, lang: Lang = ENGLISH
) -> str:
    """The finding with every hop of its path, and what its rule says."""
    words = words_in(lang)
    lines = [
        *finding_lines(finding, words, width=width, hops=len(finding.path)),
        *rule_lines(finding.rule, words, width=width),
    ]
    return printed(lines, width=width, colour=colour)


def _sample(name: str, given: str, source: str) -> list[str]:
    return written_block(given, name) or written_block(source, name)


def _heading(name: str) -> list[Text]:
    return [Text(), Text(name, "bold")]


def _title(rule: Rule, words: Words) -> Text:
    title = prose(rule.card("").wording(words.lang).title)
    return Text.assemble(
        (words(rule.severity), STYLES[rule.severity]), words(say("after-label", text=title))
    )


def _law(rule: Rule, width: int, words: Words) -> list[Text]:
    if not rule.law:
        return [Text(f"{_INDENT}{words(say('no-law'))}")]
    return [line for law in rule.law for line in paragraph(brief(law), width=width, first=_INDENT)]


def _unverified(rule: Rule, width: int) -> list[Text]:
    said = prose(rule.cannot_verify)
    return paragraph(said, width=width, first=_INDENT) if said else []


def _verbatim(lines: list[str]) -> list[Text]:
    return [Text(f"{_INDENT}{plain(line)}".rstrip()) for line in lines]
