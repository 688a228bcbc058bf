"""The evidence of a run: one sealed file that anyone can verify offline."""

from enforcer.audit.archive import ArchiveVerification, verify_all
from enforcer.audit.evidence import build_records
from enforcer.audit.records import (
    ControlRecord,
    Evidence,
    Limit,
    Part,
    Pipeline,
    PolicySource,
    RunRecord,
    Tool,
    Verdict,
)
from enforcer.audit.show import show_run
from enforcer.audit.verify import Verification, Verified, verify_run
from enforcer.audit.writer import EvidenceError, write_run

__all__ = [
    "ArchiveVerification",
    "ControlRecord",
    "Evidence",
    "EvidenceError",
    "Limit",
    "Part",
    "Pipeline",
    "PolicySource",
    "RunRecord",
    "Tool",
    "Verdict",
    "Verification",
    "Verified",
    "build_records",
    "show_run",
    "verify_all",
    "verify_run",
    "write_run",
]
