"""Texts that the embedded engine can be trusted with.

It keeps a text as JSON writes it, escapes and all, and cuts and prints it so: a quote in a name
could end a text in its answer and begin another one. So what JSON must escape goes in as a
character of Unicode's last private plane, in the input and in the policy's own texts alike,
and comes back as what it was.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.rego.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLANE: Final = 0xF0000
_ESCAPED: Final = [*range(0x20), ord('"'), ord("\\")]
_SHIELD: Final = {code: chr(_PLANE + code) for code in _ESCAPED}
# Nobody's names have these; where one does it is not to be taken for what it would stand for.
_TAKEN: Final = {_PLANE + code: "\ufffd" for code in range(0x80)}
_UNSHIELD: Final = {_PLANE + code: chr(code) for code in _ESCAPED}
# How the first 128 characters of that plane begin in UTF-8.
_PRIVATE_BYTES: Final = (b"\xf3\xb0\x80", b"\xf3\xb0\x81")


def shield_document(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document, plain JSON values, with nothing in it that JSON would escape."""
    written = msgspec.json.encode(document)
    if b"\\" in written or any(start in written for start in _PRIVATE_BYTES):
        shielded: Mapping[str, Any] = _translated(document, _TAKEN | _SHIELD)
        return shielded
    return document


def shield_policy(text: str) -> str:
    """The policy with nothing in its texts that JSON would escape."""
    parts, done = [], 0
    for token in tokens_of(text):
        if token.kind == "text":
            parts += [text[done : token.offset], _literal(token.text)]
            done = token.offset + len(token.text)
    return "".join([*parts, text[done:]])


def _literal(written: str) -> str:
    if written.startswith("`"):
        content = written[1:-1]
    else:
        try:
            content = msgspec.json.decode(written, type=str)
        except msgspec.MsgspecError:
            return written  # the engine will say what is wrong with it
    return json.dumps(content.translate(_TAKEN | _SHIELD), ensure_ascii=False)


def unshield(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """An answer with its texts as they were."""
    return _translated(value, _UNSHIELD)


def _translated(value: Any, table: Mapping[int, str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, dict):
        return {key.translate(table): _translated(part, table) for key, part in value.items()}
    return [_translated(part, table) for part in value] if isinstance(value, list) else value
