"""The language of rules, as values: what a rule file says once it has been read.

The field names are the keys of the YAML, so this package is the language's grammar; the
published JSON Schema is generated from it. `enforcer.policy` reads the files. A struct with
a `leading_key` may be written short, as nothing but the value of that key.
"""

from enforcer.rules.cases import Case, CasesFile, Equivalent, Expected
from enforcer.rules.conditions import (
    Accepts,
    Allow,
    Ban,
    Deny,
    ErasureMethod,
    Excuse,
    Floor,
    GuardTest,
    Part,
    Require,
    RetentionLimit,
    Term,
    ValueKind,
    Via,
    Whole,
)
from enforcer.rules.notices import Notice, Told
from enforcer.rules.places import Match, Partner, Place
from enforcer.rules.rule import Rule
from enforcer.rules.samples import Sample
from enforcer.rules.strict import Duration, Glob, RuleId, Some, Strict, default_of, fields_of
from enforcer.rules.where import Choice, FactTest, Where

__all__ = [
    "Accepts",
    "Allow",
    "Ban",
    "Case",
    "CasesFile",
    "Choice",
    "Deny",
    "Duration",
    "Equivalent",
    "ErasureMethod",
    "Excuse",
    "Expected",
    "FactTest",
    "Floor",
    "Glob",
    "GuardTest",
    "Match",
    "Notice",
    "Part",
    "Partner",
    "Place",
    "Require",
    "RetentionLimit",
    "Rule",
    "RuleId",
    "Sample",
    "Some",
    "Strict",
    "Term",
    "Told",
    "ValueKind",
    "Via",
    "Where",
    "Whole",
    "default_of",
    "fields_of",
]
