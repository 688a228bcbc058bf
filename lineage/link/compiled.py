"""A compiled text on its way to be linked, new or as an earlier run has left it."""

from __future__ import annotations

from functools import cached_property

import msgspec

from lineage.link.outlines import Outline, outline
from lineage.link.segments import Segment
from lineage.objects import Object
from lineage.words import GapReason

_OBJECTS = msgspec.msgpack.Decoder(Object)


class Kept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is kept of a text between runs; `compiled` is its object in msgpack."""

    compiled: memoryview
    statements: int
    outline: Outline
    segment: Segment


class Compiled:
    """A text's object, decoded only if it is needed, and its segment once it is linked."""

    def __init__(self, compiled: Object | None, encoded: memoryview | None = None) -> None:
        """From an object, from one in msgpack, or from both."""
        self._encoded = encoded
        if compiled is not None:
            self.object = compiled
        self._kept: Segment | None = None
        self.segment: Segment | None = None

    @classmethod
    def of_kept(cls, kept: Kept) -> Compiled:
        """As an earlier run has left it."""
        found = cls(None, kept.compiled)
        found.outline, found.statements = kept.outline, kept.statements
        found.segment = found._kept = kept.segment
        return found

    @cached_property
    def object(self) -> Object:
        """The object. Raises `msgspec.DecodeError` where the bytes are none."""
        assert self._encoded is not None
        return _OBJECTS.decode(self._encoded)

    @cached_property
    def outline(self) -> Outline:
        """What linking other texts depends on."""
        return outline(self.object)

    @cached_property
    def statements(self) -> int:
        """How many statements there are."""
        return len(self.object.statements)

    @property
    def is_new(self) -> bool:
        """Whether it is not what an earlier run has left."""
        return self._kept is None or self.segment is not self._kept

    @property
    def is_unread(self) -> bool:
        """Whether it was not compiled for a reason that may be another one the next time."""
        segment = self.segment
        notes = segment.notes if segment is not None else ()
        return any(note.reason is GapReason.WORKER_DIED for note in notes)

    def set_aside(self) -> None:
        """Have the object decoded again if somebody asks for it: most are done with."""
        if self._encoded is not None:
            self.outline, self.statements = self.outline, self.statements  # found while it is here
            vars(self).pop("object", None)

    def keep(self) -> Kept:
        """What the next run needs; only once the text is linked."""
        assert self.segment is not None
        encoded = self._encoded
        if encoded is None:
            encoded = memoryview(msgspec.msgpack.encode(self.object))
        return Kept(encoded, self.statements, self.outline, self.segment)
