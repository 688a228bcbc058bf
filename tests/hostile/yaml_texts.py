"""Hostile YAML, each made by a small function, with the line in which it is refused."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """A text that must be refused; in `line` 0 says that none can be named.

    dbt's own files may hold what is `foreign`, because dbt reads it too.
    """

    name: str
    content: bytes
    line: int = 1
    foreign: bool = False


def _text(name: str, content: str, line: int = 1, *, foreign: bool = False) -> Text:
    return Text(name, content.encode("utf-8", "surrogatepass"), line, foreign)


def alias_bomb(levels: int, width: int) -> str:
    """`width` to the power of `levels` values in a few hundred bytes."""
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels + 1)]
    return "\n".join(lines) + "\n"


def merge_bomb(levels: int) -> str:
    """Two merges a level, each of all that the level before merged."""
    lines = ["m0: &m0 {x: 1}"]
    lines += [f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}], k{n}: 1}}" for n in range(1, levels + 1)]
    return "\n".join(lines) + "\n"


def nested(style: str, depth: int) -> str:
    """Lists in lists, `depth` of them below the mapping that they stand in."""
    if style == "flow":
        return "a: " + "[" * depth + "x" + "]" * depth + "\n"
    if style == "maps":
        return "a: " + "{b: " * depth + "x" + "}" * depth + "\n"
    if style == "dashes":
        return "a:\n  " + "- " * depth + "x\n"
    return "".join(f"{' ' * n}a{n}:\n" for n in range(depth)) + " " * depth + "x\n"


def bombs() -> list[Text]:
    """Little text that stands for much."""
    return [
        _text("alias bomb 9x9", alias_bomb(9, 9), 6),
        _text("alias bomb 40x2", alias_bomb(40, 2), 15),
        _text("alias of everything", "a: &a [" + "x, " * 60_000 + "]\nb: [*a, *a]\n", 2),
        _text("merge bomb 24", merge_bomb(24), 2),
        _text("alias of itself", "a: &a [*a]\n"),
        _text("alias of nothing", "a: *b\n"),
        _text("alias as key", "*a : 1\n"),
    ]


def towers() -> list[Text]:
    """Nested by one level too many, and by very many."""
    return [
        *(_text(f"{s} 64", nested(s, 64), 1 if s != "dashes" else 2) for s in ("flow", "maps")),
        _text("dashes 64", nested("dashes", 64), 2),
        _text("block 65", nested("block", 65), 65),
        *(_text(f"{style} 100000", nested(style, 100_000)) for style in ("flow", "maps")),
        _text("dashes 100000", nested("dashes", 100_000), 2),
        _text("block 1000", nested("block", 1000), 65),
        _text("unclosed 100000", "a: " + "[" * 100_000),
        _text("question marks", "? " * 100_000),
        _text("keys of keys", "a: " + "{? " * 100_000),
    ]


def repetitions() -> list[Text]:
    """One key twice, so that readers may differ about which of the two counts."""
    return [
        _text("twice", "version: 1\nversion: 1\n", 2),
        _text("twice in a flow", "a: {b: 1, b: 2}\n"),
        _text("twice, quoted", "a: 1\n'a': 2\n", 2),
        _text("twice, double-quoted", 'a: 1\n"\\x61": 2\n', 2),
        _text("twice, composed and decomposed", "é: 1\ne\u0301: 2\n", 2),
        _text("twice, as a block key", "a: 1\n? a\n: 2\n", 2),
        _text("twice by anchor", "&x a: 1\n*x : 2\n", 2),
        _text("twice deep inside", "a:\n- b:\n  - c: 1\n    d: 2\n    c: 3\n", 5),
        _text("two merges", "x: &x {a: 1}\n<<: *x\n<<: *x\n", 2),
    ]


_TAGS = (
    *("!!python/none", "!!python/object:os.system", "!!python/object/apply:os.system [id]"),
    *("!!python/object/new:os.system [id]", "!!python/name:os.system", "!!python/module:os"),
    *("!!python/tuple [a]", "!!python/bytes eA==", "!!python/complex 1j", "!!python/dict {a: b}"),
    *("!include /etc/passwd", "!env SECRET", "!ruby/object:Gem::Installer {}", "!<x:y> a"),
    *("!!binary aGk=", "!!set {a}", "!!omap [a: b]", "!vault x", "! a"),
)


def tags() -> list[Text]:
    """What makes other readers construct things."""
    return [_text(f"tag {tag}", f"a: {tag}\n") for tag in _TAGS]


def broken() -> list[Text]:
    """What is no text, or no YAML."""
    return [
        Text("utf-16", "a: b\n".encode("utf-16")),
        Text("utf-32", "a: b\n".encode("utf-32")),
        Text("latin-1", "a: é\n".encode("latin-1")),
        Text("a surrogate in utf-8", b"a: \xed\xa0\x80\n"),
        Text("an overlong slash", b"a: \xc0\xaf\n"),
        Text("nul", b"a: b\x00c\n"),
        Text("escape", b"a: \x1b[2Jb\n"),
        Text("backspace", b"a: b\x08\n"),
        Text("binary", bytes(range(256)) * 20),
        _text("escaped nul", 'a: "\\0"\n', foreign=True),
        _text("escaped surrogate", 'a: "\\ud800"\n'),
        _text("escaped beyond unicode", 'a: "\\UFFFFFFFF"\n'),
        _text("c1", "a: b\x85c\n", foreign=True),
        _text("line separator", "a: b\u2028c: d\n", foreign=True),
        _text("bidi", "a: b # \u202egnp.exe\n", foreign=True),
        _text("second mark", "a: b\ufeff\n", foreign=True),
        _text("unclosed quote", "a: 'b\n", 2),
        _text("unclosed list", "a: [b\n", 2),
        _text("tab", "a:\n\tb: c\n", 2),
        _text("two documents", "a: b\n---\nc: d\n", 2),
        _text("directive", "%YAML 9.9\n---\na: b\n"),
        _text("huge directive", f"%YAML {'9' * 30}.1\n---\na: b\n"),
        _text("tag directive", "%TAG ! tag:evil,2000:\n---\na: !x b\n", 3),
        _text("empty", ""),
        _text("blank", "\n# nothing\n\n"),
        _text("a list as key", "? [a]\n: b\n"),
        _text("a list in the key of a flow", "a: {[b]: c}\n"),
        _text("ends in an anchor", "a: &"),
        _text("only an alias", "*a"),
    ]


def all_texts() -> list[Text]:
    """Every hostile text."""
    return [*bombs(), *towers(), *repetitions(), *tags(), *broken()]
