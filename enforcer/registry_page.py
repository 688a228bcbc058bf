"""The page of the functions that are known, made from the registry and the taxonomy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.protection.functions import FUNCTIONS
from enforcer.protection.methods import Effect
from enforcer.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.taxonomy import Form

_HEAD: Final = """# Functions that protect

Made from the registry by `python -m enforcer.pages`; [protections.md](protections.md) says how
to read it. Names are the parser's: `sha256(x)` is `sha2`, `substr(x)` is `substring`. Underscores
and letter case do not count. Whatever is not here keeps a value as it is.

| does | names | when it counts |
|---|---|---|
"""
_FORMS: Final = """
## What a cut may leave

By category, and for its children. Both ends together are fewer than the shortest value has.

| category | characters of the start | of the end | beside |
|---|---|---|---|
"""
_WHEN: Final = {
    "": "always",
    "encoding": "`hex` or `base64`; a character set is no encoding",
    "encryption": "with a key that is kept elsewhere; with one that lies open it encodes",
    "decryption": "always, but for what is used as the key",
    "head": "as few characters as the category allows at the start",
    "tail": "as few characters as the category allows at the end",
    "part": "a start at 1, or from the end, and as few characters as the category allows there",
    "ends": "as few characters as the category allows at each end",
    "last4": "where the category allows four characters at the end",
    "6x4": "where the category allows six characters at the start and four at the end",
    "piece": "what stands behind the `@` of an e-mail address",
    "after_at": "a pattern that begins with the `@` of an e-mail address",
    "masked": "every kind of character masked, or values of ASCII alone",
    "shown_head": "as `left`, for values of ASCII alone",
    "shown_tail": "as `right`, for values of ASCII alone",
    "unit": "a week or more; `year` where it is a year or more",
    "component": "a year, quarter, month or week, or a part of the time of day; no day of any kind",
    "year": "always, as `year`",
    "digits": "to tens at least (`round(x, -1)`, `floor(x / 10)`), or as the category asks",
    "step": "steps of 2 or more",
    "at_most": "a precision of at most",
    "cap": "a number up to 90: `generalised:cap90`, which counts only where a rule names it",
    "amount": "a number above 0",
    "blur": "a week or more",
    "key": "with a key that is kept elsewhere; with one that lies open it hashes",
    "token_map": "only as the flow from a value into its token, in a declared map",
}
_OF_GROUPS: Final = {
    Effect.COUNT: "aggregated over a group that is large enough, else generalised",
    Effect.TOTAL: "aggregated over a group that is large enough, else it keeps the value",
}


def registry_page() -> str:
    """The page, as Markdown."""
    rows = [_row(effect, rule, names) for effect, rule, names in FUNCTIONS]
    taxonomy = load_taxonomy()
    forms = [
        _form(category, form)
        for category in taxonomy
        if (form := taxonomy.own_form(category)) is not None
    ]
    return "\n".join([_HEAD.rstrip("\n"), *rows, _FORMS.rstrip("\n"), *_default(), *forms]) + "\n"


def _row(effect: str, rule: str, names: str) -> str:
    name, _, bound = rule.partition(" ")
    when = _OF_GROUPS.get(Effect(effect)) or f"{_WHEN[name]} {bound}".rstrip()
    listed = ", ".join(f"`{one}`" for one in sorted(names.split()))
    return f"| {Effect(effect).value} | {listed} | {when} |"


def _default() -> Iterator[str]:
    yield _form("everything else", load_taxonomy().form_of(""))


def _form(category: str, form: Form) -> str:
    beside = [
        *([f"rounding to {form.decimals} decimal"] if form.decimals >= 0 else []),
        *(["three digits are `generalised:zip3`"] if form.zip3 else []),
        *(["what stands behind the `@`"] if form.address else []),
        *(["ASCII alone"] if form.ascii else []),
    ]
    named = f"`{category}`" if "." in category else category
    return f"| {named} | {form.head} | {form.tail} | {', '.join(beside)} |"
