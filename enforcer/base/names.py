"""Naming the base commit: what may be written after `--base`, and the one commit that it means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enforcer.words import PolicyError
from lineage import InputError, Origin

if TYPE_CHECKING:
    from enforcer.base.places import GitPlaces
    from enforcer.base.private import Private

_AT: Final = Origin("", 0, 0)
_MOST: Final = 250  # characters
# A branch, a tag, a commit's id, or an ancestor of one. No option, range, path or search.
_NAME: Final = re.compile(
    r"(?!.*\.\.)(?!.*//)[0-9A-Za-z_][0-9A-Za-z_./+#-]*(?:[~^]\d{0,4})*", re.ASCII
)
_SHORT_ID: Final = re.compile(r"(?:.*-g)?[0-9a-fA-F]{4,39}(?:[~^].*)?", re.ASCII)
_ID: Final = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?\n")


def resolve(name: str, private: Private, places: GitPlaces) -> str:
    """The id of the commit that a name means.

    Raises `PolicyError` for what is no name of a commit or may mean several, `InputError`
    where the commit is not here.
    """
    _check(name)
    done = private.run("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
    if b"ambiguous" in done.stderr:
        what = f"--base: `{name}` means several things: a branch, a tag or a commit"
        raise PolicyError(_AT, what, "give the whole id of the commit")
    if done.returncode or not _ID.fullmatch(done.stdout):
        raise missing(name, places)
    return done.stdout.decode().strip()


def head_of(private: Private) -> str:
    """The id of the commit that is checked out; empty where there is none."""
    done = private.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return done.stdout.decode("ascii", "replace").strip()


def _check(name: str) -> None:
    step = "give the id of a commit, or a branch such as `origin/main`"
    if len(name) > _MOST or not _NAME.fullmatch(name):
        raise PolicyError(_AT, f"--base: `{name[:_MOST]}` is no name of a commit", step)
    if _SHORT_ID.fullmatch(name):
        # A branch of that name would be taken for it, and who opens a pull request names branches.
        what = f"--base: `{name}` is a short id, and a branch may be called the same"
        raise PolicyError(_AT, what, "give the whole id of the commit")


def missing(name: str, places: GitPlaces) -> InputError:
    """What is said of a commit that is not in the clone."""
    step = "fetch it first (`git fetch origin`, or `fetch-depth: 0` in actions/checkout)"
    clone = "shallow clone" if places.is_shallow else "clone"
    return InputError(_AT, f"--base: there is no commit `{name}` in this {clone}", step)
