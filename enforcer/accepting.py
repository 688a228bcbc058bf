"""Accepting findings: waivers first, then the baseline, as the configuration names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.baseline import apply_baseline, read_baseline
from enforcer.waivers import apply_waivers, read_waivers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from enforcer.config import Configuration
    from enforcer.words import Accepted, Finding


def accept(
    findings: Iterable[Finding], configuration: Configuration, today: date
) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
    """The findings that are left, sorted, and those that were accepted.

    Raises `PolicyError` for a waiver or a line of the baseline that does not hold.
    """
    left = tuple(sorted(findings, key=_order))
    accepted: tuple[Accepted, ...] = ()
    settings = configuration.settings
    if settings.waivers:
        left, accepted = apply_waivers(
            left, read_waivers(configuration.root, settings.waivers), today
        )
    if settings.baseline:
        baseline = read_baseline(configuration.root, settings.baseline)
        left, absorbed = apply_baseline(left, baseline)
        accepted += absorbed
    return left, accepted


def _order(finding: Finding) -> tuple[str, ...]:
    field = finding.field
    return (finding.rule.id, field.relation, field.column, finding.sink, finding.flow)
