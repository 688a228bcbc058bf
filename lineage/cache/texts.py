"""The compiled texts of a project in two files, so that one changed text is not many written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.cache.stored import Store
from lineage.link.compiled import Compiled, Kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_FEW = 8  # times as many may be in the large file as in the small one
_KEPT = msgspec.msgpack.Decoder(Kept)

ByKey = dict[bytes, memoryview]  # texts in msgpack


class Texts:
    """Texts by their keys: most in one file, those that came since it was written in another."""

    def __init__(self, folder: Path, code: bytes) -> None:
        self._code = code
        self._most = Store(folder / "texts.bin", ByKey)
        self._newer = Store(folder / "newer_texts.bin", ByKey)
        self._old: ByKey = {}
        self._new: ByKey = {}

    def find(self, keys: Sequence[bytes]) -> list[Compiled | None]:
        """The texts of these keys, None where one is not known."""
        self._old = self._most.read(self._code) or {}
        self._new = self._newer.read(self._code) or {}
        known = {**self._old, **self._new}
        return [_text(known[key]) if key in known else None for key in keys]

    def keep(self, texts: Mapping[bytes, Compiled]) -> None:
        """Keep these texts; others may be forgotten."""
        changed = {
            key: memoryview(msgspec.msgpack.encode(text.keep()))
            for key, text in texts.items()
            if text.is_new and not text.is_unread
        }
        new = {key: kept for key, kept in self._new.items() if key in texts} | changed
        if _FEW * len(new) > len(texts) or len(self._old) > 2 * len(texts):
            known = {**self._old, **new}
            self._most.write(self._code, {key: known[key] for key in texts if key in known})
            new = {}
        if new or self._new:
            self._newer.write(self._code, new)


def _text(kept: memoryview) -> Compiled | None:
    try:
        return Compiled.of_kept(_KEPT.decode(kept))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
