"""Git is asked for objects and for nothing else, whatever the repository says it should run."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING, Any

import pytest

from enforcer.base import open_commit
from enforcer.words import PolicyError
from lineage import InputError
from tests.hostile.repositories import LEAK, POLICY, check, commit, git, report, repository, write

if TYPE_CHECKING:
    from pathlib import Path

HOOKS = ["post-index-change", "reference-transaction", "post-checkout", "pre-commit", "fsmonitor"]


@pytest.fixture
def checkout(tmp_path: Path) -> tuple[Path, str]:
    folder = tmp_path / "checkout"
    return folder, repository(folder)


def program(path: Path, marker: Path) -> Path:
    """A program that leaves a marker."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def hostile_configuration(folder: Path, marker: Path) -> str:
    """Every key that makes git run a program, and then some."""
    run = program(folder.parent / "evil", marker)
    return f"""\
[core]
	repositoryformatversion = 0
	fsmonitor = {run}
	hooksPath = {run.parent}/hooks
	pager = {run}
	editor = {run}
	sshCommand = {run}
	askPass = {run}
	gitProxy = {run}
	attributesFile = {run.parent}/attributes
	alternateRefsCommand = {run}
	worktree = /
[pager]
	cat-file = {run}
	rev-parse = {run}
	ls-tree = {run}
[alias]
	cat-file = !{run}
	rev-parse = !{run}
[diff]
	external = {run}
[diff "all"]
	textconv = {run}
	command = {run}
[filter "all"]
	smudge = {run}
	clean = {run}
	process = {run}
	required = true
[credential]
	helper = !{run}
[gpg]
	program = {run}
[uploadpack]
	packObjectsHook = {run}
[remote "origin"]
	url = ext::{run}
	uploadpack = {run}
	promisor = true
	partialclonefilter = blob:none
[extensions]
	partialClone = origin
[protocol]
	allow = always
[include]
	path = {run.parent}/more
"""


@pytest.mark.threat(45)
def test_a_hostile_configuration_runs_nothing(checkout: tuple[Path, str], tmp_path: Path) -> None:
    """Hooks, monitors, pagers, aliases, filters and helpers of the repository stay unread."""
    folder, name = checkout
    marker = tmp_path / "marker"
    for hook in HOOKS:
        program(folder / ".git/hooks" / hook, marker)
        program(tmp_path / "hooks" / hook, marker)
    write(folder, {".gitattributes": "* filter=all diff=all\n", "models/leak.sql": LEAK})
    (folder / ".git/config").write_text(hostile_configuration(folder, marker), "utf-8")
    (folder / ".git/info").mkdir(exist_ok=True)
    (folder / ".git/info/attributes").write_text("* filter=all diff=all\n", "utf-8")
    for base in (name, "main", "HEAD"):
        assert check(folder, "--base", base).exit_code == 1
    assert not marker.exists()


@pytest.mark.threat(45)
def test_a_lazy_clone_fetches_nothing(checkout: tuple[Path, str], tmp_path: Path) -> None:
    """An object that a partial clone lacks stops the run in one line; nothing is fetched for it."""
    folder, name = checkout
    marker = tmp_path / "marker"
    blob = git(folder, "rev-parse", f"{name}:places.yml")
    (folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    (folder / ".git/config").write_text(hostile_configuration(folder, marker), "utf-8")
    result = check(folder, "--base", name)
    assert (result.exit_code, result.output.count("\n")) == (4, 1)
    assert "without a filter" in result.output
    assert not marker.exists()


@pytest.mark.threat(45)
def test_the_environment_says_nothing_to_git(
    checkout: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables that make git run programs, or look elsewhere, are not handed on."""
    folder, name = checkout
    marker = tmp_path / "marker"
    run = str(program(tmp_path / "evil", marker))
    other = tmp_path / "other"
    repository(other, {**POLICY, "policies/no-mail.yml": POLICY["policies/no-names.yml"]})
    for variable in ("GIT_PAGER", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_EXTERNAL_DIFF", "PAGER"):
        monkeypatch.setenv(variable, run)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", run)
    monkeypatch.setenv("GIT_TRACE", str(marker))
    write(folder, {"models/leak.sql": LEAK})
    assert check(folder, "--base", name).exit_code == 1
    assert not marker.exists()


@pytest.mark.threat(45)
def test_a_bare_repository_inside_of_a_checkout_is_a_folder_of_files(
    checkout: tuple[Path, str], tmp_path: Path
) -> None:
    """What looks like a git folder and came with the pull request is never taken for one."""
    folder, name = checkout
    marker = tmp_path / "marker"
    inner = folder / "models/inner"
    inner.mkdir()
    git(inner, "init", "--quiet", "--bare")
    (inner / "config").write_text(hostile_configuration(folder, marker), "utf-8")
    write(folder, {"models/inner/leak.sql": LEAK})
    for path in (inner, folder / "models"):
        said: Any = report(path, "--base", name)
        assert said["exit_code"] == 1
        assert said["proposed"]["base_commit"] == name
    assert not marker.exists()


@pytest.mark.threat(45)
def test_a_git_that_the_checkout_brings_is_not_run(
    checkout: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the current folder nor the checkout is looked through for a program."""
    folder, name = checkout
    marker = tmp_path / "marker"
    program(folder / "git", marker)
    program(folder / "bin/git", marker)
    monkeypatch.chdir(folder)
    path = os.pathsep.join(("", ".", str(folder / "bin"), os.environ["PATH"]))
    monkeypatch.setenv("PATH", path)
    assert check(folder, "--base", name).exit_code == 0
    assert not marker.exists()


@pytest.mark.threat(45)
def test_an_object_that_is_not_what_its_id_says_is_refused(checkout: tuple[Path, str]) -> None:
    """Whoever writes to the store of objects cannot put another policy under an old id."""
    folder, name = checkout
    write(folder, {"policies/no-mail.yml": POLICY["policies/no-names.yml"]})
    store = folder / ".git/objects"
    was = git(folder, "rev-parse", f"{name}:policies/no-mail.yml")
    now = git(folder, "hash-object", "-w", "policies/no-mail.yml")
    target = store / was[:2] / was[2:]
    target.chmod(0o644)
    shutil.copyfile(store / now[:2] / now[2:], target)
    result = check(folder, "--base", name)
    assert (result.exit_code, "not what its id says" in result.output) == (4, True)


@pytest.mark.threat(45)
def test_replaced_objects_are_not(checkout: tuple[Path, str]) -> None:
    """A replacement that a ref names does not stand in for the base commit."""
    folder, name = checkout
    write(folder, {"policies/no-mail.yml": None, "models/leak.sql": LEAK})
    git(folder, "replace", "--force", name, commit(folder))
    assert check(folder, "--base", name).exit_code == 1


@pytest.mark.threat(42)
def test_a_link_does_not_lead_the_gate_elsewhere(
    checkout: tuple[Path, str], tmp_path: Path
) -> None:
    """A folder or configuration that a pull request made a link to another checkout is refused."""
    folder, name = checkout
    write(folder, {"models/leak.sql": LEAK})
    other = tmp_path / "other"
    repository(other)
    (folder / "models").rename(tmp_path / "moved")
    (folder / "models").symlink_to(other / "models")
    (folder / "conf").symlink_to(other)
    for arguments in (
        [folder / "models"],
        [folder / "conf"],
        [folder, "--config", folder / "conf/fieldgate.yml"],
    ):
        result = check(*arguments, "--base", name)
        assert (result.exit_code, "symbolic link" in result.output) == (4, True)


HOSTILE_NAMES = ["--output=x", "-c", "-", "", "@{u}", "@", "a..b", "a...b", "^main", "main^{tree}"]
HOSTILE_NAMES += [
    ":/x",
    "main:fieldgate.yml",
    "main@{0}",
    "--all",
    "x y",
    "x\ny",
    "a//b",
    "x" * 300,
]


@pytest.mark.threat(46)
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_what_is_no_name_of_a_commit_is_refused(checkout: tuple[Path, str], name: str) -> None:
    """Options, ranges, paths and searches stop at one clear line, and git never sees them."""
    folder, _ = checkout
    before = sorted(path.name for path in folder.iterdir())
    result = check(folder, f"--base={name}")
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert result.output.startswith("error: --base: ")
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.threat(46)
@pytest.mark.parametrize("name", ["--output=x", "-c", "@{u}", "a..b"])
def test_a_ref_of_a_hostile_name_is_no_base(checkout: tuple[Path, str], name: str) -> None:
    """It does not help that there is a ref of that name."""
    folder, commit_id = checkout
    path = folder / ".git/refs/heads" / name
    path.write_text(f"{commit_id}\n", "utf-8")
    assert check(folder, f"--base={name}").exit_code == 2


@pytest.mark.threat(46)
def test_a_name_that_means_two_things_is_refused(checkout: tuple[Path, str]) -> None:
    """A tag or branch that is called like the base branch does not take its place."""
    folder, _ = checkout
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    write(folder, {"policies/no-mail.yml": None})
    git(folder, "update-ref", "refs/heads/origin/main", commit(folder))
    with pytest.raises(PolicyError, match="several things"), open_commit(folder, "origin/main"):
        pass


@pytest.mark.threat(46)
def test_a_short_id_is_refused(checkout: tuple[Path, str]) -> None:
    """A branch may be called like it, and would be taken for it."""
    folder, name = checkout
    with pytest.raises(PolicyError, match="short id"), open_commit(folder, name[:8]):
        pass


@pytest.mark.threat(46)
def test_a_branch_that_is_called_like_an_id_is_not_taken_for_it(
    checkout: tuple[Path, str],
) -> None:
    """The whole id of a commit is that commit."""
    folder, name = checkout
    write(folder, {"policies/no-mail.yml": None})
    (folder / ".git/refs/heads" / name).write_text(f"{commit(folder)}\n", "utf-8")
    try:
        with open_commit(folder, name) as found:
            assert found.id == name
    except PolicyError as error:
        assert "several things" in str(error)  # noqa: PT017 - either will do


def test_a_shallow_clone_without_the_commit_says_what_to_do(
    checkout: tuple[Path, str], tmp_path: Path
) -> None:
    """One line, the next step, and an exit code that is no pass."""
    folder, name = checkout
    write(folder, {"x.sql": LEAK})
    commit(folder)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{folder}", str(clone))
    result = check(clone, "--base", name)
    assert (result.exit_code, result.output.count("\n")) == (4, 1)
    assert "shallow clone" in result.output
    assert "fetch-depth: 0" in result.output


def test_outside_of_a_repository_there_is_no_base(tmp_path: Path) -> None:
    """A folder without git cannot be judged as a pull request."""
    write(tmp_path, {"x.sql": LEAK})
    with pytest.raises(InputError, match="no checkout"), open_commit(tmp_path, "main"):
        pass


@pytest.mark.parametrize("layout", ["worktree", "sha256", "packed"])
def test_every_layout_of_a_repository_is_read(tmp_path: Path, layout: str) -> None:
    """Linked worktrees, repositories with SHA-256, and packs are as good as any other."""
    folder = tmp_path / "main"
    folder.mkdir()
    if layout == "sha256":
        git(folder, "init", "--quiet", "--initial-branch=main", "--object-format=sha256")
    name = repository(folder)
    if layout == "packed":
        git(folder, "gc", "--quiet")
        git(folder, "pack-refs", "--all")
    if layout == "worktree":
        git(folder, "worktree", "add", "--quiet", "--detach", str(tmp_path / "other"))
        folder = tmp_path / "other"
    for base in (name, "main", "HEAD"):
        with open_commit(folder, base) as found:
            assert found.id == name
            assert found.read("places.yml").decode() == POLICY["places.yml"]
            assert set(found.files) == set(POLICY)


def test_a_repository_of_somebody_else_is_read(
    checkout: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is trusted, so it does not matter who owns it, as it does in a container."""
    folder, name = checkout
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with open_commit(folder, name) as found:
        assert found.id == name
