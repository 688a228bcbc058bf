"""From a function as lineage names it (`left:8`) to what it does to values of a category.

The bound on what a cut may keep belongs to the category: both ends together are always
shorter than the shortest value, so something is dropped even where both are kept and put
side by side. A part out of the middle never counts, since a few of them make the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.globs import is_glob, matches
from enforcer.protection.functions import FUNCTIONS
from enforcer.protection.methods import KEEP, Act, Effect
from enforcer.protection.variants import BIN_LAST4, CAP90, KEY_BESIDE, PART, SIX_BY_FOUR, YEAR, ZIP3
from enforcer.taxonomy import DEFAULT_FORM, Form
from lineage.objects import FUNCTION
from lineage.words import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Rule = Callable[[Sequence[str], Form], Act]

_SOME_PART: Final = Act(Effect.KEEP, PART)
_LAST: Final = 4
_LONG_YEARS: Final = frozenset({"year", "decade", "century"})
# A week is the finest: with the day of the week a date is whole again, so that never counts.
_COARSE: Final = _LONG_YEARS | {"quarter", "month", "week"}
_CLOCK: Final = frozenset({"hour", "minute", "second", "timezone", "timezone_hour"})
_NINETY: Final = 90
_STEP: Final = 2.0


class Acts:
    """What functions do to values of one form; remembers its answers.

    `own` are the project's functions by name, in any letter case, or by a glob for names
    that the registry does not know. Of several globs the one with the most letters counts,
    of a name that stands there twice the later.
    """

    def __init__(self, own: Iterable[tuple[str, Effect]] = (), form: Form = DEFAULT_FORM) -> None:
        entries = [(name.lower(), effect) for name, effect in own]
        self._form = form
        self._named = {name: effect for name, effect in entries if not is_glob(name)}
        globs = [entry for entry in entries if is_glob(entry[0])]
        self._globs = sorted(globs, key=lambda entry: (-_letters(entry[0]), entry[0]))
        self._known: dict[str, Act] = {}

    def of(self, function: str) -> Act:
        """What a function does, by its name and by what stands behind it."""
        act = self._known.get(function)
        if act is None:
            act = self._known[function] = self._find(function)
        return act

    def is_own(self, function: str) -> bool:
        """True when the project says what the function does."""
        name = name_of(function).lower()
        globs = name.replace("_", "") not in REGISTRY and any(
            matches(g, name) for g, _ in self._globs
        )
        return name in self._named or globs

    def _find(self, function: str) -> Act:
        name, _, written = function.lower().partition(":")
        if name in self._named:
            return Act(self._named[name])
        entry = REGISTRY.get(name.replace("_", ""))
        if entry is not None:
            effect, rule = entry
            return _judged(effect, rule, written.split(",") if written else (), self._form)
        return next((Act(e) for glob, e in self._globs if matches(glob, name)), KEEP)


def functions_made(relations: Iterable[str]) -> Iterator[tuple[str, Effect]]:
    """Known functions that the project's own SQL makes anew: as such they keep a value.

    Their bodies may do anything, so a known name says nothing about them.
    """
    for relation in relations:
        if not relation.startswith(FUNCTION):
            continue
        whole = relation.lower().removeprefix(FUNCTION).partition("@")[0]
        for name in dict.fromkeys(
            (whole, whole.rpartition(".")[2])
        ):  # it may be called without its schema
            if is_known(name):
                for alias in _SAME.get(name, (name,)):
                    yield alias, Effect.KEEP


# Who makes a function of one of these names makes what the parser calls by the others.
_SAME: Final = {
    **dict.fromkeys("sha sha1".split(), ("sha", "sha1", "s_h_a1_digest")),
    **dict.fromkeys(
        "sha2 sha224 sha256 sha384 sha512".split(),
        ("sha2", "sha224", "sha256", "sha384", "sha512", "s_h_a2_digest"),
    ),
    "md5": ("md5", "md5_digest"),
    "substr": ("substr", "substring"),
    "base64": ("base64", "to_base64"),
}


def _letters(glob: str) -> int:
    return sum(letter not in "*?[]" for letter in glob)


REGISTRY: Final[Mapping[str, tuple[Effect, str]]] = {
    name.replace("_", ""): (Effect(effect), rule)
    for effect, rule, names in FUNCTIONS
    for name in names.split()
}


def is_hash(functions: Iterable[str]) -> bool:
    """True when a hash without a key of its own is among the functions."""
    acts = Acts()
    return any(acts.of(function).effect is Effect.HASH for function in functions)


def is_known(function: str) -> bool:
    """True when the registry has the function, whatever its arguments make of it."""
    return name_of(function).lower().replace("_", "") in REGISTRY


def _judged(effect: Effect, rule: str, arguments: Sequence[str], form: Form) -> Act:
    name, _, bound = rule.partition(" ")
    if not name:
        return Act(effect)
    if bound:
        return Act(effect) if 0 <= _whole(arguments, 0) <= int(bound) else KEEP
    return RULES[name](arguments, form)


def _whole(arguments: Sequence[str], position: int) -> int:
    """A whole number among the arguments; -1 where there is none, or a negative one."""
    text = arguments[position] if position < len(arguments) else ""
    return int(text) if text.isdecimal() else -1


def _ends(head: int, tail: int, form: Form) -> Act:
    """A cut that keeps so many characters of each end."""
    if not (0 <= head <= form.head and 0 <= tail <= form.tail):
        return _SOME_PART
    detail = SIX_BY_FOUR if head <= 6 else BIN_LAST4 if head <= 8 else ""  # noqa: PLR2004
    if form.zip3 and tail == 0:
        detail = ZIP3
    return Act(
        Effect.TRUNCATE, detail if tail <= _LAST else "", head + tail <= min(form.head, form.tail)
    )


def _masked(arguments: Sequence[str], form: Form) -> Act:
    """MASK of letters and digits, which leaves those of other scripts as they are."""
    everything = "all" in arguments or ("ascii" in arguments and form.ascii)
    return Act(Effect.TRUNCATE) if everything else _SOME_PART


def _shown(head: int, tail: int, form: Form) -> Act:
    return _ends(head, tail, form) if form.ascii else _SOME_PART


def _part(arguments: Sequence[str], form: Form) -> Act:
    """SUBSTRING: an end that is short enough, else some part, or all where it starts at 1."""
    start, length = arguments[0] if arguments else "", _whole(arguments, 1)
    if start in {"0", "1"}:
        return KEEP if len(arguments) == 1 else _ends(length, 0, form)
    at = int(start[1:]) if start.startswith("-") and start[1:].isdecimal() else -1
    to_the_end = len(arguments) == 1 or length >= at
    return _ends(0, at, form) if to_the_end else _SOME_PART


def _piece(arguments: Sequence[str], form: Form) -> Act:
    """What stands behind the @ of an address; before it stands the person."""
    behind = tuple(arguments) in {("@", "2"), ("@", "-1")}
    return Act(Effect.TRUNCATE) if form.address and behind else _SOME_PART


def _unit(arguments: Sequence[str], effect: Effect = Effect.GENERALISE) -> Act:
    unit = arguments[0] if arguments else ""
    if unit not in _COARSE:
        return KEEP
    return Act(effect, YEAR if unit in _LONG_YEARS and effect is Effect.GENERALISE else "")


def _component(arguments: Sequence[str], _form: Form) -> Act:
    if arguments and arguments[0] in _CLOCK:
        return Act(Effect.GENERALISE)
    return _unit(arguments)


def _digits(arguments: Sequence[str], form: Form) -> Act:
    """Rounding: to tens at least, or to so few decimals as are coarse for the category."""
    written = arguments[0] if arguments else ""
    if written.startswith("by"):
        return _step(arguments, form)
    digits = written.removeprefix("-")
    if not digits.isdecimal():
        return KEEP
    return Act(Effect.GENERALISE) if int(written) <= form.decimals else KEEP


def _step(arguments: Sequence[str], _form: Form) -> Act:
    width = _real(arguments[0].removeprefix("by")) if arguments else 0.0
    return Act(Effect.GENERALISE) if width >= _STEP else KEEP


def _real(text: str = "") -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _cap(arguments: Sequence[str], _form: Form) -> Act:
    limit = _real(arguments[0]) if arguments else 0.0
    return Act(Effect.KEEP, CAP90) if 0 < limit <= _NINETY else KEEP


def _key(arguments: Sequence[str], _form: Form) -> Act:
    if tuple(arguments) in {("literal_key",), (KEY_BESIDE,)}:
        return Act(Effect.HASH, KEY_BESIDE)
    return Act(Effect.HASH) if "as_key" in arguments else Act(Effect.KEY)


def _encryption(arguments: Sequence[str], form: Form) -> Act:
    act = _key(arguments, form)
    if act.detail == KEY_BESIDE:
        return Act(Effect.ENCODE, KEY_BESIDE)
    return Act(Effect.ENCRYPT) if act.effect is Effect.KEY else act


# How what stands behind a name counts, by the rules that the registry names.
RULES: Final[Mapping[str, Rule]] = {
    "head": lambda arguments, form: _ends(_whole(arguments, 0), 0, form),
    "tail": lambda arguments, form: _ends(0, _whole(arguments, 0), form),
    "ends": lambda arguments, form: _ends(_whole(arguments, 0), _whole(arguments, 1), form),
    "last4": lambda _arguments, form: _ends(0, _LAST, form),
    "6x4": lambda _arguments, form: _ends(6, _LAST, form),
    "part": _part,
    "piece": _piece,
    "after_at": lambda arguments, form: (
        _piece((*arguments, "2"), form) if arguments else _SOME_PART
    ),
    "masked": _masked,
    "shown_head": lambda arguments, form: _shown(_whole(arguments, 0), 0, form),
    "shown_tail": lambda arguments, form: _shown(0, _whole(arguments, 0), form),
    "unit": lambda arguments, _form: _unit(arguments),
    "component": _component,
    "year": lambda _arguments, _form: Act(Effect.GENERALISE, YEAR),
    "digits": _digits,
    "step": _step,
    "cap": _cap,
    "amount": lambda arguments, _form: (
        Act(Effect.PERTURB) if arguments and _real(arguments[0]) > 0 else KEEP
    ),
    "blur": lambda arguments, _form: _unit(arguments, Effect.PERTURB),
    "encoding": lambda arguments, _form: Act(Effect.ENCODE) if arguments else KEEP,
    "encryption": _encryption,
    "decryption": lambda arguments, _form: KEEP if "as_key" in arguments else Act(Effect.DECRYPT),
    "key": _key,
    "token_map": lambda arguments, _form: Act(Effect.TOKENISE) if arguments else KEEP,
}
