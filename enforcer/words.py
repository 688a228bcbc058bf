"""The words of the gate: what the checks say to the reports, the log and the command line."""

from __future__ import annotations

import hashlib
import re
from enum import Enum, IntEnum, StrEnum
from typing import Final, Literal, TypeAlias

import msgspec

from lineage import Column, Gap, InputError, Origin, TransformSubtype


class PolicyError(InputError):
    """A mistake in what the project's own people wrote: policy, config, labels, waivers."""


class UnknownNameError(InputError):
    """A column or relation was asked for that nothing in the project is called."""


class Phase(StrEnum):
    """The part of a field's life that a rule is about."""

    COLLECTION = "collection"
    STORAGE = "storage"
    USE = "use"
    DELETION = "deletion"


class Severity(StrEnum):
    """How much a finding weighs, lightest last."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def at_least(self, other: Severity) -> bool:
        """True when this weighs as much as `other` or more."""
        order = list(Severity)
        return order.index(self) <= order.index(other)


class Protection(StrEnum):
    """The method by which a value is protected, weakest first (the ladder of the design)."""

    CLEAR = "clear"
    ENCODED = "encoded"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    GENERALISED = "generalised"
    PERTURBED = "perturbed"
    HASHED = "hashed"
    KEYED = "keyed"
    SURROGATE = "surrogate"
    AGGREGATED = "aggregated"
    CONSTANT = "constant"


Lang = Literal["en", "zh"]
ENGLISH: Lang = "en"


class Message(msgspec.Struct, frozen=True):
    """A sentence, or a part of one, that is not put into words yet: which one, and of what.

    `key` is one of the catalogues in `policies/messages`; `values` are what its placeholders
    stand for, by name. What is judged does not depend on a language, so words come last.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()


class Spoken(msgspec.Struct, frozen=True):
    """What somebody else put into words; `zh` is the same in Chinese, empty where it is not."""

    en: str
    zh: str = ""


# A tuple is a list of things, which a language joins in its own way.
Value: TypeAlias = "str | int | Column | Enum | Message | Spoken | tuple[Value, ...]"


def say(key: str, /, **values: Value) -> Message:
    """The message of that key: `say("unused", field=column, category="user.name")`."""
    return Message(key, tuple(values.items()))


def verbatim(text: str) -> Message:
    """What somebody else put into words (a waiver, a rule in Rego), the same in every language."""
    return say("verbatim", text=text)


# A blank or line break between two Chinese characters or marks.
_CHINESE: Final = r"[\u3001-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60]"
_BLANK: Final = re.compile(rf"(?<={_CHINESE})\s+(?={_CHINESE})")


class Wording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rule says to its reader, in one language."""

    title: str
    why: str
    fix: str

    def in_chinese(self) -> Wording:
        """Without the blanks that YAML puts where a line was broken: Chinese has none."""
        said = (_BLANK.sub("", text) for text in (self.title, self.why, self.fix))
        return Wording(**dict(zip(self.__struct_fields__, said, strict=True)))


class Method(StrEnum):
    """A protection as a rule names it: the whole kind, or one detail of it (`truncated:6x4`).

    6x4: at most the first six and the last four characters are left; bin_last4: at most the
    first eight and the last four; year: nothing finer than a year; zip3: three digits of a
    postal code; cap90: ages below ninety as they are, all others as one; whole: a key was
    used on the whole value; field: the value itself was encrypted; key_beside: the key is a
    literal or lies beside the data, so that nothing is kept apart.
    """

    CLEAR = "clear"
    ENCODED = "encoded"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    GENERALISED = "generalised"
    PERTURBED = "perturbed"
    HASHED = "hashed"
    KEYED = "keyed"
    SURROGATE = "surrogate"
    AGGREGATED = "aggregated"
    CONSTANT = "constant"
    CLEAR_KEY_BESIDE = "clear:key_beside"
    ENCODED_KEY_BESIDE = "encoded:key_beside"
    ENCRYPTED_FIELD = "encrypted:field"
    TRUNCATED_6X4 = "truncated:6x4"
    TRUNCATED_BIN_LAST4 = "truncated:bin_last4"
    GENERALISED_YEAR = "generalised:year"
    GENERALISED_ZIP3 = "generalised:zip3"
    GENERALISED_CAP90 = "generalised:cap90"
    HASHED_KEY_BESIDE = "hashed:key_beside"
    KEYED_WHOLE = "keyed:whole"


class RuleCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a report needs to know of a rule: its identity, its weight and its reasons.

    `title`, `why` and `fix` are as the rule's author wrote them; `zh` is the same in Chinese.
    What a rule in `shadow` finds is reported and fails nothing.
    """

    id: str
    title: str
    pack: str
    phase: Phase
    severity: Severity
    law: tuple[str, ...] = ()
    why: str = ""
    fix: str = ""
    zh: Wording | None = None
    shadow: bool = False

    def wording(self, lang: Lang) -> Wording:
        """The words of a language; those of the author where there are none in it."""
        if lang == "zh" and self.zh is not None:
            return self.zh
        return Wording(title=self.title, why=self.why, fix=self.fix)


class Hop(msgspec.Struct, frozen=True):
    """One step of a witness path: the column that was reached, how, and where it is written.

    The first hop is the source itself: `how` is None and `origin` is where it is declared.
    `protections` is what the value is protected by on arrival.
    """

    column: Column
    origin: Origin
    how: TransformSubtype | None = None
    functions: tuple[str, ...] = ()
    protections: tuple[Protection, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule broken by a subject.

    `field` is the source column, or the relation itself with an empty column where the
    rule is about a relation; `sink` the relation (or principal) that it must not reach,
    empty where there is none; `flow` is `direct`, an indirect subtype in lower case, or
    empty where nothing flows. `message` is one sentence that names the field and the sink.
    A finding is the same in every language.
    """

    rule: RuleCard
    field: Column
    category: str
    sink: str
    flow: str
    message: Message
    origin: Origin
    path: tuple[Hop, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Identity that no reformatting, file move or renamed CTE changes; 16 hex digits."""
        parts = (self.rule.id, self.field.relation, self.field.column, self.sink, self.flow)
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.sha256(text).hexdigest()[:16]


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much was analysed: statements with no gap of all statements, and models likewise."""

    statements: int
    analysed: int
    relations: int
    columns: int

    @property
    def share(self) -> float:
        """Between 0.0 and 1.0; 0.0 when there was nothing to analyse."""
        return self.analysed / self.statements if self.statements else 0.0


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that was accepted: `by` is `waiver` or `baseline`, `reason` why.

    A reason that somebody wrote down is a text, the same in every language.
    """

    finding: Finding
    by: str
    reason: Message | str = ""
    owner: str = ""
    expires: str = ""


class RuleOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a rule fared: how many subjects it judged, and how many findings it made.

    A rule that judged nothing is `not applicable`: it is counted, never a pass.
    """

    rule: RuleCard
    judged: int
    findings: int


class Decides(StrEnum):
    """What a file is that decides what a project is held to."""

    CONFIGURATION = "configuration"
    RULE = "rule"
    LABELS = "labels"
    CONTRACT = "contract"
    DATASET = "dataset"
    PLACES = "places"
    NOTICE = "notice"
    WAIVERS = "waivers"
    BASELINE = "baseline"


class Change(StrEnum):
    """What a pull request did to a file that decides."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"


class Saying(StrEnum):
    """What a pull request did to what a project says of itself.

    lowered: the base commit has a label that is gone or says less now; denied: a column is
    newly said to hold nothing; lost: the column of a label is not there any more; restated:
    a statement about a relation is another one now, or gone; placed: a relation has newly got a
    tag or group that would put it into a place.
    """

    LOWERED = "lowered"
    DENIED = "denied"
    LOST = "lost"
    RESTATED = "restated"
    PLACED = "placed"


class DecidingChange(msgspec.Struct, frozen=True, order=True):
    """A file that decides and is not as in the base commit."""

    file: str
    kind: Decides
    change: Change


class SayingChange(msgspec.Struct, frozen=True, order=True):
    """What a pull request says otherwise than its base commit: of a column, or of a relation.

    `said` is the category or statement of the base commit, which counts; of a relation that is
    newly placed it is the tag or group, which does not.
    """

    column: Column
    change: Saying
    said: str


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull request changes of what decides, none of which counts for itself.

    `commit` is the base commit, `configured` whether it has a configuration. `cleared` are the
    fingerprints of findings that are left and would be gone if the changes counted, `added` those
    of findings that there are only because of them.
    """

    commit: str
    configured: bool
    files: tuple[DecidingChange, ...] = ()
    sayings: tuple[SayingChange, ...] = ()
    cleared: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


class ExitCode(IntEnum):
    """The verdict as a process says it."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    NOTHING_ANALYSED = 3
    UNFINISHED = 4


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that any notation shows, sorted, and nothing else.

    `notes` are sentences that the reader must know to read the verdict rightly (labels were
    proposed from names, no place is declared). `proposed` is there where a base commit decided.
    """

    tool: str
    coverage: Coverage
    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]
    gaps: tuple[Gap, ...]
    rules: tuple[RuleOutcome, ...]
    notes: tuple[Message, ...]
    exit_code: ExitCode
    proposed: Proposed | None = None
