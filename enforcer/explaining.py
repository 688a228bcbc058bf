"""What `fieldgate explain` shows: a rule as its file has it, or one finding in full."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enforcer.check import NOT_ANALYSED
from enforcer.config import load_config
from enforcer.documents import nearest_or_all
from enforcer.engines.connecting import load_all_rules
from enforcer.own_taxonomy import load_project_taxonomy
from enforcer.places import load_places
from enforcer.policy import load_shipped_rules
from enforcer.rego import RegoRule
from enforcer.report.card import render_finding, render_rule
from enforcer.run import Request, run_check
from enforcer.words import PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from pathlib import Path

    from enforcer.packs import LoadedRule
    from enforcer.report import Options
    from enforcer.words import Lang

_FINGERPRINT = re.compile(r"[0-9a-f]{16}")


def is_fingerprint(text: str) -> bool:
    """Whether a text is a finding's fingerprint rather than a rule's id."""
    return _FINGERPRINT.fullmatch(text) is not None


def language_of(path: Path) -> Lang:
    """The language in which the project at `path` wants its reports."""
    return load_config(path).settings.lang


def is_rule(text: str, path: Path) -> bool:
    """Whether a text can only mean a rule: it is the id of one, or nothing that a column has.

    The ids of rules have hyphens, and the names of columns have dots.
    """
    return text == NOT_ANALYSED.id or text in _rules(path) or ("-" in text and "." not in text)


def _rules(path: Path) -> dict[str, LoadedRule]:
    return {loaded.card.id: loaded for loaded in (*load_shipped_rules(), *_own_rules(path))}


def explain_rule(rule: str, path: Path, options: Options) -> str:
    """A rule of the project at `path`, or a shipped one that it does not use.

    Raises `PolicyError` where there is no such rule.
    """
    known = _rules(path)
    if rule == NOT_ANALYSED.id:
        said = NOT_ANALYSED.wording(options.lang)
        return f"{rule}: {said.title}\n\n{said.why}\n\n{said.fix}\n"
    if rule not in known:
        step = nearest_or_all(rule, known)
        raise PolicyError(Origin("", 0, 0), f"no rule is called `{rule}`", step)
    loaded, found = known[rule], known[rule].rule
    source = found.program.code.expandtabs(4) if isinstance(found, RegoRule) else loaded.source
    return render_rule(
        found,
        source,
        given=loaded.given,
        width=options.width,
        colour=options.colour,
        lang=options.lang,
    )


def _own_rules(path: Path) -> tuple[LoadedRule, ...]:
    configuration, taxonomy = load_config(path), load_project_taxonomy(path)
    return load_all_rules(configuration, taxonomy, tuple(load_places(configuration, taxonomy)))


def explain_finding(fingerprint: str, request: Request, options: Options) -> str:
    """The finding of that fingerprint, made again from the project of a request.

    Raises `PolicyError` where the project has none.
    """
    report = run_check(request).report
    for finding in (*report.findings, *(one.finding for one in report.accepted)):
        if finding.fingerprint == fingerprint:
            return render_finding(
                finding, width=options.width, colour=options.colour, lang=options.lang
            )
    raise PolicyError(
        Origin("", 0, 0),
        f"no finding has the fingerprint {fingerprint}",
        "name its project with --path, or take one from `fieldgate check`",
    )
