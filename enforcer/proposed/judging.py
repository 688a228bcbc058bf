"""Judging a pull request: it has to pass as the base commit decides, and as it decides itself.

Each is a whole judgement with its own rules, places, labels, limits and waivers, and what either
denies is denied. So nothing that a pull request changes can clear what it does, and what it adds
is judged at once. Where it changes nothing that decides, the two are one.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from enforcer.base import (
    Commit,
    changes_between,
    configuration_in,
    find_in,
    in_base,
    open_commit,
    refuse_links,
    scratch_folder,
)
from enforcer.base.deciding import deciding_files
from enforcer.config import Configuration, load_config
from enforcer.own_taxonomy import project_taxonomy
from enforcer.proposed.before import BaseProject
from enforcer.proposed.merging import merged
from enforcer.run import Decided, Run, judge, open_case
from enforcer.taxonomy import load_taxonomy
from enforcer.words import DecidingChange, PolicyError, Proposed, SayingChange, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.labels import Before
    from enforcer.run import Request
    from enforcer.words import Message
    from lineage.projects import Project


class Base(msgspec.Struct, frozen=True):
    """The base commit as it is named, and a manifest that was compiled from it, if there is one."""

    name: str
    manifest: Path | None = None


class _Opened(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides: the commit with what it decides, and what the checkout decides."""

    commit: Commit
    configuration: Configuration
    head: Configuration
    changes: tuple[DecidingChange, ...]
    into: Path


def check_proposed(request: Request, base: Base) -> Run:
    """Check a checkout as a pull request to a base commit; raises like `run_check`.

    Raises `PolicyError` for a name that is none of a commit, `InputError` where git does not
    know the commit or cannot be asked.
    """
    with _opened(request, base) as opened:
        alone = Decided(configuration=_with_engine_of(opened.configuration, opened.head))
        own = judge(open_case(request, alone)) if opened.changes else None
        ruled, sayings, notes = _by_base(request, base, opened)
    proposed = Proposed(
        commit=opened.commit.id,
        configured=opened.configuration.document is not None,
        files=opened.changes,
        sayings=sayings,
    )
    return merged(ruled, own, proposed, notes)


@contextmanager
def _opened(request: Request, base: Base) -> Iterator[_Opened]:
    with (
        open_commit(request.path, base.name) as commit,
        scratch_folder() as into,
    ):
        if request.config is not None:
            refuse_links(request.config)
        head = load_config(request.path, request.config)
        decided = into / "decides"
        decided.mkdir()
        if request.config is not None and not _is_inside(request.config, commit):
            # Who runs the gate brings the configuration along: no pull request has a say in it.
            yield _Opened(commit=commit, configuration=head, head=head, changes=(), into=into)
            return
        file = _file(request, commit)
        configuration = configuration_in(commit, file, request.path, decided)
        changes = changes_between(configuration, head, decided, commit.top)
        yield _Opened(
            commit=commit,
            # Where nothing that decides has changed, what it names has to be there as ever.
            configuration=msgspec.structs.replace(configuration, of_base=bool(changes)),
            head=head,
            changes=changes,
            into=into,
        )


def _is_inside(file: Path, commit: Commit) -> bool:
    return Path(os.path.realpath(file)).is_relative_to(commit.top)


def _file(request: Request, commit: Commit) -> str | None:
    if request.config is None:
        return find_in(commit, request.path)
    name = Path(os.path.realpath(request.config)).relative_to(commit.top).as_posix()
    return name if name in commit.files else None


def _with_engine_of(base: Configuration, head: Configuration) -> Configuration:
    """The configuration of the checkout, with the server that the base commit names, if any.

    Another one would be sent the token that is meant for that.
    """
    engine = base.settings.opa
    if engine is not None:
        files = {key: getattr(engine, key) for key in ("ca", "cert", "key")}
        whole = {key: str(base.root / name) for key, name in files.items() if name}
        engine = msgspec.structs.replace(engine, **whole)
    return msgspec.structs.replace(
        head, settings=msgspec.structs.replace(head.settings, opa=engine)
    )


def _by_base(
    request: Request, base: Base, opened: _Opened
) -> tuple[Run, tuple[SayingChange, ...], tuple[Message, ...]]:
    """The judgement that counts, what the pull request says less, and what a reader must know."""
    commit = opened.commit
    notes: list[Message] = [say("base-is-head")] if commit.is_head else []

    def before(now: Project) -> Before:
        project = BaseProject(
            commit=commit,
            path=request.path,
            into=opened.into / "scripts",
            manifest=base.manifest,
            jobs=request.jobs,
        )
        reading = project.read(now)
        # What the project says in words that the pull request brings along is heard as well.
        words = project_taxonomy(opened.head, load_taxonomy()) if opened.changes else None
        if reading.unread:
            notes.append(say("base-unread", paths=reading.unread[:5], count=len(reading.unread)))
        return msgspec.structs.replace(reading.before, words=words)

    try:
        case = open_case(request, Decided(configuration=opened.configuration, before=before))
        ruled = judge(case)
    except PolicyError as error:
        if opened.changes and error.origin.file in deciding_files(opened.configuration):
            raise in_base(error, commit) from None
        raise
    return ruled, case.estate.labelling.changes, tuple(notes)
