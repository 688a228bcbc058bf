"""Accepting findings: waivers first, then the baseline, as the configuration names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.baseline import apply_baseline, read_baseline, still_stands
from enforcer.waivers import apply_waivers, read_waivers, still_held

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from enforcer.config import Configuration
    from enforcer.words import Accepted, Finding


def accept(
    findings: Iterable[Finding], configuration: Configuration, today: date
) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
    """The findings that are left, sorted, and those that were accepted.

    Raises `PolicyError` for a waiver or a line of the baseline that does not hold. Of a base
    commit those that do not hold any more accept nothing.
    """
    left = tuple(sorted(findings, key=order))
    accepted: tuple[Accepted, ...] = ()
    settings = configuration.settings
    if settings.waivers:
        waivers = read_waivers(configuration.root, settings.waivers)
        if configuration.of_base:
            waivers = still_held(waivers, left, today)
        left, accepted = apply_waivers(left, waivers, today)
    if settings.baseline:
        baseline = read_baseline(configuration.root, settings.baseline)
        if configuration.of_base:
            baseline = still_stands(baseline, left)
        left, absorbed = apply_baseline(left, baseline)
        accepted += absorbed
    return left, accepted


def order(finding: Finding) -> tuple[str, ...]:
    """What findings are sorted by."""
    field = finding.field
    return (finding.rule.id, field.relation, field.column, finding.sink, finding.flow)
