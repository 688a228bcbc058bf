"""Reading files of a checkout that nobody trusts."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.readers.files import (
    MAX_FOLDERS,
    Checkout,
    FileText,
    Refusal,
    read_text,
    shown_path,
)
from lineage.readers.folders import outermost, walk
from lineage.text import why_not_text
from lineage.words import GapReason

LIMIT = 1 << 20


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = (tmp_path / "checkout").resolve()
    folder.mkdir()
    return folder


def refusal(root: Path, path: str, limit: int = LIMIT) -> Refusal:
    read = read_text(root, path, limit)
    assert isinstance(read, Refusal)
    return read


def test_text_is_read_as_utf8_without_its_byte_order_mark(root: Path) -> None:
    """A byte order mark is no part of the text, but of the file that is hashed."""
    (root / "a.sql").write_bytes(b"\xef\xbb\xbfselect '\xc3\xa9'\r\n")
    read = read_text(root, "a.sql", LIMIT)
    assert isinstance(read, FileText)
    assert (read.text, read.size) == ("select 'é'\r\n", 16)


@pytest.mark.parametrize(
    "content",
    [
        "select 1".encode("utf-16"),
        "select 'é'".encode("latin-1"),
        b"select\x00 1",
        b"select \x1b[31m",
        b"\xed\xa0\x80",
        b"select \x7f",
    ],
    ids=["utf-16", "latin-1", "nul", "escape", "surrogate", "delete"],
)
def test_what_is_not_plain_text_is_refused(root: Path, content: bytes) -> None:
    """Bytes that are not plain UTF-8 text are a refusal that keeps their hash."""
    (root / "a.sql").write_bytes(content)
    read = refusal(root, "a.sql")
    assert read.reason is GapReason.NOT_TEXT
    assert len(read.sha256) == 64


def test_a_control_character_is_named_with_its_line() -> None:
    """A person can find the control character that made a text be refused."""
    assert why_not_text("a\nb\x00") == "control character U+0000 in line 2"


def test_a_sparse_file_of_ten_gigabytes_is_refused_at_once(root: Path) -> None:
    """Size is looked at before a byte is read."""
    with (root / "big.sql").open("wb") as stream:
        stream.truncate(10 << 30)
    read = refusal(root, "big.sql")
    assert (read.reason, read.size) == (GapReason.TOO_LARGE, 10 << 30)


def test_the_limit_itself_is_allowed(root: Path) -> None:
    """A file of exactly the limit is read, one byte more is not."""
    (root / "a.sql").write_text("x" * 10)
    assert isinstance(read_text(root, "a.sql", 10), FileText)
    assert isinstance(read_text(root, "a.sql", 9), Refusal)


def test_links_are_not_followed(root: Path, tmp_path: Path) -> None:
    """No link is opened, wherever it leads, and nothing behind a linked folder."""
    (tmp_path / "secret.sql").write_text("secret")
    (root / "real").mkdir()
    (root / "real" / "a.sql").write_text("select 1")
    (root / "out.sql").symlink_to(tmp_path / "secret.sql")
    (root / "loop.sql").symlink_to("loop.sql")
    (root / "in.sql").symlink_to("real/a.sql")
    (root / "folder").symlink_to("real")
    for path in ("out.sql", "loop.sql", "in.sql", "folder/a.sql"):
        assert "link" in refusal(root, path).message


def test_pipes_sockets_and_folders_are_not_opened(root: Path) -> None:
    """Only a regular file is opened: a pipe without a writer would wait for ever."""
    os.mkfifo(root / "pipe.sql")
    (root / "folder.sql").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(root, os.O_RDONLY)
        server.bind(f"/proc/self/fd/{here}/s.sql")
        os.close(here)
    for path in ("pipe.sql", "folder.sql", "s.sql"):
        assert refusal(root, path).message == "not a regular file"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.sql",
        "real/../../secret.sql",
        "/etc/passwd",
        "/proc/self/environ",
        "",
        "x\x00y",
        "missing.sql",
        "a/" * 3000 + "b.sql",
        "n" * 4096,
    ],
)
def test_no_path_leads_out_of_the_root(root: Path, tmp_path: Path, path: str) -> None:
    """A path that leads out of the root, or is none, is a refusal and not an exception."""
    (tmp_path / "secret.sql").write_text("secret")
    (root / "real").mkdir()
    assert refusal(root, path).reason is GapReason.NOT_TEXT


@pytest.mark.parametrize("swapped", ["real", "a.sql"])
def test_a_link_put_in_place_while_we_read_is_not_followed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swapped: str
) -> None:
    """What was a folder or a file when it was looked at may be a link when it is opened."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.sql").write_text("secret")
    (root / "real").mkdir()
    (root / "real" / "a.sql").write_text("select 1")
    theirs = {"real": tmp_path / "secret", "a.sql": tmp_path / "secret" / "a.sql"}
    ours = {"real": root / "real", "a.sql": root / "real" / "a.sql"}
    really_open = os.open

    def swap_and_open(name: str, flags: int, *, dir_fd: int | None = None) -> int:
        if name == swapped:
            ours[name].rename(tmp_path / "moved")
            ours[name].symlink_to(theirs[name])
        return really_open(name, flags, dir_fd=dir_fd)

    monkeypatch.setattr("lineage.readers.files.os.open", swap_and_open)
    assert refusal(root, "real/a.sql").reason is GapReason.NOT_TEXT


def test_a_file_that_grows_while_we_read_is_read_or_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit holds for what is read, whatever size the file had a moment ago."""
    file = root / "a.sql"
    really_fstat = os.fstat

    def fstat_and_grow(descriptor: int) -> os.stat_result:
        status = really_fstat(descriptor)
        file.write_text("x" * 100)
        return status

    monkeypatch.setattr("lineage.readers.files.os.fstat", fstat_and_grow)
    file.write_text("x" * 10)
    read = read_text(root, "a.sql", 100)
    assert isinstance(read, FileText)
    assert read.size == 100
    file.write_text("x" * 10)
    assert refusal(root, "a.sql", 99).reason is GapReason.TOO_LARGE


def test_many_files_are_read_as_one_is(root: Path) -> None:
    """What comes of a file depends on no other that was read before it."""
    (root / "outside").symlink_to("/etc")
    for path in ("a/b/c/x.sql", "a/b/x.sql", "a/c/x.sql", "b/x.sql", "x.sql"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    paths = ["b/x.sql", "a/b/c/x.sql", "outside/hostname", "a/c/x.sql", "a/gone/x.sql", "x.sql"]
    paths += ["a/b/x.sql", "a/b/c/x.sql", "x.sql/x.sql", "a", "./b//x.sql", f"{root}/a/b/x.sql"]
    with Checkout(root) as checkout:
        assert [checkout.read_text(p, LIMIT) for p in paths] == [
            read_text(root, p, LIMIT) for p in paths
        ]


def test_no_descriptor_is_left_open(root: Path) -> None:
    """However a read ends, what was opened for it is closed."""
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "x.sql").write_text("select 1")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in ("a/b/x.sql", "a/b", "a/b/gone.sql", "a/gone/x.sql", "a/b/x.sql/y", "a\x00/b"):
        read_text(root, path, 2)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(("folders", "is_read"), [(MAX_FOLDERS, True), (MAX_FOLDERS + 1, False)])
def test_the_limit_of_folders_is_exact(root: Path, folders: int, is_read: bool) -> None:  # noqa: FBT001
    """A file in too many folders costs itself only, not the descriptors of the process."""
    path = "d/" * folders + "x.sql"
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text("select 1")
    assert isinstance(read_text(root, path, LIMIT), FileText) is is_read


HOSTILE_NAMES = [
    b"new\nline.sql",
    b"\x1b[31mred.sql",
    "\u202elqs.evil.sql".encode(),
    b"\xff\xfe.sql",
    b"--output=x.sql",
    b"a b'c\"d.sql",
    b"%0A::error::.sql",
    b"n" * 251 + b".sql",
]


def test_hostile_names_are_read_and_can_be_shown(root: Path) -> None:
    """Any name that a file system takes is walked, read, and shown as text."""
    for name in HOSTILE_NAMES:
        with open(os.path.join(os.fsencode(root), name), "wb") as stream:  # noqa: PTH118, PTH123
            stream.write(b"select 1")
    tree = walk(root)
    assert len(tree.files) == len(HOSTILE_NAMES)
    for path in tree.files:
        read = read_text(root, path, LIMIT)
        assert isinstance(read, FileText)
        assert read.as_input("sql").path.encode("utf-8")


@given(st.binary(min_size=1, max_size=40))
def test_every_name_can_be_shown(name: bytes) -> None:
    """Whatever bytes a name has, what is shown of it is text."""
    assert shown_path(os.fsdecode(name)).encode("utf-8")


def test_a_walk_is_sorted_and_passes_over_what_tools_write(root: Path) -> None:
    """The walk does not depend on the order of the file system, and names what it skipped."""
    for path in ("b/z.sql", "b/a.sql", "a.sql", ".git/x.sql", "target/x.sql", "b/.hidden.sql"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text("select 1")
    tree = walk(root)
    assert tree.files == ("a.sql", "b/a.sql", "b/z.sql")
    assert tree.skipped == ("target",)


def test_a_walk_tells_links_that_stay_inside_from_those_that_leave(root: Path) -> None:
    """A link to what is read anyway hides nothing; one that leads elsewhere does."""
    (root / "real").mkdir()
    (root / "real" / "a.sql").write_text("select 1")
    (root / "inside").symlink_to("real")
    (root / "circle").symlink_to(".")
    (root / "outside").symlink_to("/etc")
    (root / "x.sql").symlink_to("/etc/hostname")
    (root / "readme").symlink_to("/etc/hostname")
    hides = {link.path for link in walk(root).links if link.hides((".sql",))}
    assert hides == {"outside", "x.sql"}


def test_a_folder_inside_another_is_not_outermost() -> None:
    """Of nested folders the outer one is meant, and a common beginning is no nesting."""
    assert outermost(("a", "a/b", "ab")) == ("a", "ab")
    assert outermost(("", "a")) == ("",)
