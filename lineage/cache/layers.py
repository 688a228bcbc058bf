"""Values by key in two files: most in one, those that came since in another.

So what one changed text costs to write is one text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from lineage.cache.stored import Store

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

_FEW = 8  # times as many may be in the large file as in the small one

Key = TypeVar("Key")
Value = TypeVar("Value")


class Layers(Generic[Key, Value]):
    """Values of one type, of which the newer file has the last word."""

    def __init__(self, folder: Path, name: str, kind: type[dict[Key, Value]], code: bytes) -> None:
        """In the files `name` and `newer_name`, for this version of the code alone."""
        self._code = code
        self._most = Store(folder / f"{name}.bin", kind)
        self._newer = Store(folder / f"newer_{name}.bin", kind)
        self._old: dict[Key, Value] = {}
        self._new: dict[Key, Value] = {}

    def read(self) -> dict[Key, Value]:
        """All values that are kept."""
        self._old = self._most.read(self._code) or {}
        self._new = self._newer.read(self._code) or {}
        return {**self._old, **self._new}

    def keep(self, keys: Collection[Key], changed: Mapping[Key, Value]) -> None:
        """Keep what was read under these keys and is not changed, and what is.

        What has other keys may be forgotten.
        """
        new = {key: value for key, value in self._new.items() if key in keys} | dict(changed)
        if _FEW * len(new) > len(keys) or len(self._old) > 2 * len(keys):
            known = {**self._old, **new}
            self._most.write(self._code, {key: known[key] for key in keys if key in known})
            new = {}
        if new != self._new:
            self._newer.write(self._code, new)
