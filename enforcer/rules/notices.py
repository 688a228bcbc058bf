"""Notices, as people write them: what was said to those whose data is handled."""

from __future__ import annotations

from typing import Annotated

import msgspec

from enforcer.rules.strict import Duration, Glob, Strict


class Told(Strict, frozen=True, kw_only=True):
    """What is said about one category of data; what it leaves out, the notice says for all.

    `recipients` are names of partners, or what they are (their role); `regions` where the
    data may lie. `necessity` and `effect` say why sensitive data is needed, and what its
    handling does to people.
    """

    purposes: tuple[Glob, ...] = ()
    recipients: tuple[Glob, ...] = ()
    regions: tuple[Glob, ...] = ()
    retention: Duration = ""
    necessity: str = ""
    effect: str = ""


class Notice(Strict, frozen=True, kw_only=True):
    """A notice, as facts: which data, what for, given to whom, kept where and for how long.

    `subjects` are whose data it speaks of, everybody's where there are none. `categories` are
    the data; what stands beside them holds for every one that says nothing else itself.
    """

    version: str
    subjects: tuple[Glob, ...] = ()
    categories: Annotated[dict[str, Told], msgspec.Meta(min_length=1)]
    purposes: tuple[Glob, ...] = ()
    recipients: tuple[Glob, ...] = ()
    regions: tuple[Glob, ...] = ()
    retention: Duration = ""
