"""What evidence records of a run: the report, the inputs, and the digests of the rules."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from enforcer import __version__
from enforcer.audit import build_records
from enforcer.audit.records import (
    ControlRecord,
    Part,
    PolicySource,
    RunRecord,
    Tool,
    Verdict,
)

# What pyproject.toml asks for. Their wheels differ from machine to machine, their versions do not.
LIBRARIES: Final = tuple("click jinja2 msgspec networkx pyyaml regopy rich sqlglot".split())

if TYPE_CHECKING:
    from enforcer.audit.records import Evidence
    from enforcer.run import Run


def evidence_of(run: Run) -> Evidence:
    """The evidence of a run, without clock or machine: equal inputs give equal bytes."""
    digests = {rule.card.id: _digest(rule.source) for rule in run.rules}
    policy = _digest("".join(f"{rule} {digest}\n" for rule, digest in sorted(digests.items())))
    proposed = run.report.proposed
    commit = proposed.commit if proposed is not None else ""
    source = PolicySource(commit=commit, digest=policy)
    header = RunRecord(tool=_tool(), base_commit=commit, policy=source)
    # there would be no run if a rule had not found what it must
    controls = [
        ControlRecord(rule_id=r, expected=Verdict.DENY, observed=Verdict.DENY) for r in digests
    ]
    return build_records(run.report, run.inputs, header, controls, rule_digests=digests)


def _tool() -> Tool:
    parts = tuple(Part(name=name, version=version(name)) for name in LIBRARIES)
    return Tool(version=__version__, parts=parts)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
