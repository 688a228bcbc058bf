"""The built-in rule `not-analysed`: what could not be analysed is never passed over."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check.outcome import Outcome, outcome
from enforcer.check.sources import followed_sources
from enforcer.check.spread import masks_by_relation, way_of
from enforcer.messages import spoken_detail
from enforcer.rules import Choice
from enforcer.words import Finding, Phase, RuleCard, Severity, Wording, say
from lineage import Column

if TYPE_CHECKING:
    from enforcer.check.labelled_column import Source
    from enforcer.estate import Estate
    from lineage import Gap

NOT_ANALYSED: Final = RuleCard(
    id="not-analysed",
    title="Something that may carry labelled data could not be analysed",
    pack="builtin",
    phase=Phase.USE,
    severity=Severity.WARNING,
    why=(
        "A flow that cannot be read cannot be judged. Where it touches labelled data the gate "
        "does not know what becomes of it, and not knowing is not passing: the finding is an error."
    ),
    fix=(
        "Compile the project first (dbt compile), name the columns of an unresolved star, write "
        "dynamic SQL out, or split a text that is too large. What must stay opaque needs a waiver."
    ),
    zh=Wording(
        title="可能承载已标注数据的内容未能分析",
        why=(
            "无法读取的数据流动就无法判断。当它涉及已标注的数据时，门禁无从得知这些数据的去向；"
            "不知道不等于通过，因此该问题的级别为错误。"
        ),
        fix=(
            "先编译项目（dbt compile），逐一列出星号所代表的字段，直接写出动态 SQL，"
            "或拆分规模过大的文本。确需保持不透明的内容应当申请豁免。"
        ),
    ),
)
_TOUCHING: Final = msgspec.structs.replace(NOT_ANALYSED, severity=Severity.ERROR)


def judge_gaps(estate: Estate) -> Outcome:
    """One finding for each gap.

    It is an error where a relation it touches holds labelled data, and where a text was refused:
    no floor of coverage lets that pass, only a waiver. Each has a fingerprint of its own, so that
    whoever accepted one has not accepted the next.
    """
    gaps = estate.analysis.gaps
    held = _held(estate) if gaps else {}
    seen: Counter[str] = Counter()
    findings = []
    for gap in sorted(gaps, key=lambda gap: (gap.origin, _where(gap), gap.reason, gap.message)):
        finding = _finding(gap, held)
        seen[finding.fingerprint] += 1
        number = seen[finding.fingerprint]
        sink = f"{finding.sink} ({number})" if number > 1 else finding.sink
        findings.append(msgspec.structs.replace(finding, sink=sink))
    return outcome(len(gaps), findings)


def _held(estate: Estate) -> dict[str, Source]:
    """By relation, the first labelled column whose data is in it."""
    held: dict[str, Source] = {}
    for source in followed_sources(estate, Choice()):
        for name in masks_by_relation(estate, source, way_of(estate, source)):
            held.setdefault(name, source)
    return held


def _where(gap: Gap) -> tuple[str, ...]:
    return tuple(sorted(gap.relations)) or (gap.origin.file,)


def _finding(gap: Gap, held: dict[str, Source]) -> Finding:
    touched = [name for name in sorted(gap.relations) if name in held]
    message = say(
        "gap", relations=_where(gap), reason=gap.reason, detail=spoken_detail(gap.message)
    )
    if touched:
        source = held[touched[0]]
        message = say("gap-touches", gap=message, field=source.column, category=source.category)
    return Finding(
        rule=_TOUCHING if touched or gap.reason.refuses else NOT_ANALYSED,
        field=Column((touched or sorted(gap.relations) or [gap.origin.file])[0], ""),
        category=held[touched[0]].category if touched else "",
        sink=f"{gap.reason.value}: {gap.message}",
        flow="",
        message=message,
        origin=gap.origin,
    )
