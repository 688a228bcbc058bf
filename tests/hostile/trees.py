"""Hostile file systems: links, pipes, devices, sockets, and names that hurt who reads them."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CANARY: Final = "canary_4f1c_secret"


def _outside(at: Path) -> Path:
    """A file beside the checkout, whose content must never be told."""
    outside = at.parent / f"{at.name}.outside"
    outside.write_text(f"version: 1\n{CANARY}: [\nselect {CANARY} from {CANARY};\n")
    return outside


def link_to_password(at: Path) -> None:
    at.symlink_to("/etc/passwd")


def link_outside(at: Path) -> None:
    at.symlink_to(_outside(at))


def link_to_environment(at: Path) -> None:
    at.symlink_to("/proc/self/environ")


def link_to_itself(at: Path) -> None:
    at.symlink_to(at.name)


def link_in_a_circle(at: Path) -> None:
    other = at.parent / "circle"
    other.symlink_to(at.name)
    at.symlink_to(other.name)


def link_to_nothing(at: Path) -> None:
    at.symlink_to("nowhere")


def link_to_folder(at: Path) -> None:
    at.symlink_to("/etc")


def link_of_links(at: Path) -> None:
    target = "/etc/passwd"
    for number in range(50):
        step = at.parent / f"step{number}"
        step.symlink_to(target)
        target = str(step)
    at.symlink_to(target)


def link_to_zeros(at: Path) -> None:
    at.symlink_to("/dev/zero")


def link_to_descriptor(at: Path) -> None:
    at.symlink_to("/dev/stdin")


def pipe(at: Path) -> None:
    os.mkfifo(at)


def listener(at: Path) -> None:
    """A socket, bound by a short name: the system allows no longer one."""
    here = os.open(at.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"/proc/self/fd/{here}/{at.name}")
    finally:
        os.close(here)


def folder(at: Path) -> None:
    at.mkdir()


def sparse(at: Path) -> None:
    at.touch()
    os.truncate(at, 1 << 40)


PLANTED: Final[dict[str, Callable[[Path], None]]] = {
    made.__name__: made
    for made in (
        *(link_to_password, link_outside, link_to_environment, link_to_itself, link_in_a_circle),
        *(link_to_nothing, link_to_folder, link_of_links, link_to_zeros, link_to_descriptor),
        *(pipe, listener, folder, sparse),
    )
}

NAMES: Final[tuple[bytes, ...]] = (
    b"a\nb.sql",
    b"a\r\nb.sql",
    b"\n::error file=x::y.sql",
    b"::error::x.sql",
    b"::set-output name=a::b.sql",
    b"##[error]x.sql",
    b"a%0Ab.sql",
    b"\x1b[2J.sql",
    b"\x1b]0;title\x07.sql",
    b"\x1b]8;;http:evil\x1b\\x.sql",
    b"\x07.sql",
    b"\x08\x08\x08.sql",
    b"\x7f.sql",
    b"\xc2\x9b31m.sql",
    b"\xc2\x85.sql",
    "\u202egnp.sql".encode(),
    "a\u2066b\u2069.sql".encode(),
    "\u200b.sql".encode(),
    "a\u2028b.sql".encode(),
    "\ufeff.sql".encode(),
    "e\u0301.sql".encode(),
    "é.sql".encode(),
    "\U000e0041.sql".encode(),
    b"\xff\xfe.sql",
    b"\xed\xa0\x80.sql",
    b"\xc0\xaf.sql",
    b"x\xf0\x9f.sql",
    b"-rf.sql",
    b"--output=x.sql",
    b"$(id).sql",
    b"`id`.sql",
    b"a;b|c&d.sql",
    b"<script>alert(1)<script>.sql",
    b"](javascript:x).sql",
    b"'\" or 1=1.sql",
    b"a\\..\\b.sql",
    b"C:x.sql",
    b"%2e%2e%2fx.sql",
    b"\t.sql",
    b" .sql",
    b"...sql",
    b"con.sql",
    b"x" * 251 + b".sql",
    "é".encode() * 125 + b".sql",
)


def tree_of_names(root: Path, content: str) -> int:
    """Write a file under each name, and one at the end of a path that is too long to be opened."""
    for name in NAMES:
        at = os.path.join(os.fsencode(root), name)  # noqa: PTH118 - bytes
        with open(at, "w", encoding="utf-8") as stream:  # noqa: PTH123 - bytes
            stream.write(content)
    here = os.open(root, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    made = os.open("x.sql", os.O_WRONLY | os.O_CREAT, dir_fd=here)
    os.write(made, content.encode())
    os.close(made)
    os.close(here)
    return len(NAMES) + 1
