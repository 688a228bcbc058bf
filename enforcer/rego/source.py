"""The text of a rule in Rego: what it must look like, and how it is made ready to run.

A rule is one file and one package, `fieldgate.rules.<id>` with low lines for hyphens. It
defines `deny`, and `judged` if it wants to say how much it judged. For a run the package gets a
name of its own, so that no text can mean another rule, and one more rule that puts both into
one answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.documents.characters import refuse_hidden_text
from enforcer.documents.nearest import quoted
from enforcer.rego.tokens import Token, origin_at, tokens_of
from enforcer.words import PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

PACKAGE: Final = "fieldgate.rules."
ANSWER: Final = "fieldgate_answer"
_CLAUSE: Final = re.compile(r"package[ \t]+([A-Za-z_][A-Za-z0-9_.]*)[ \t]*\r?")
_IMPORTS: Final = ("rego.v1", "future.keywords")
# Words after which something has to follow.
_OPENS: Final = frozenset({"contains", "default", "else", "every", "if", "in", "not", "some"})
# With these at its beginning a line goes on with the last one, for one engine and not for another.
_CONTINUES: Final = frozenset("([{-+*/%&|")


class Source(msgspec.Struct, frozen=True):
    """A policy's text. `package_line` counts from 1; `counts` says that it defines `judged`.

    `served`: an OPA server has it from a bundle, and judges by it there.
    """

    file: str
    text: str
    id: str
    package_line: int
    counts: bool
    served: bool = False

    def to_run(self, prefix: str, nonce: str) -> str:
        """The text under the package `<prefix>.<name>`, with the rule that gives the answer."""
        lines = self.text.split("\n")
        lines[self.package_line - 1] = f"package {prefix}.{self.name}"
        judged = ', "judged": judged' if self.counts else ""
        answer = f'{ANSWER} := {{"nonce": "{nonce}", "deny": deny{judged}}}'
        return "\n".join([*lines, "", answer, ""])

    @property
    def name(self) -> str:
        """The last part of the package."""
        return self.id.replace("-", "_")

    @property
    def code(self) -> str:
        """The text without the annotations."""
        return "\n".join(self.text.split("\n")[self.package_line - 1 :])

    @property
    def lines(self) -> int:
        """How many lines the text has; what is run has more."""
        return self.text.count("\n") + 1

    def origin(self, row: int, column: int) -> Origin:
        """Where a place of what is run is in the file; rows and columns count from 0."""
        if row >= self.lines:
            return Origin(self.file, self.package_line, 1)
        return Origin(self.file, row + 1, column + 1)


def read_source(text: str, file: str, rule: str) -> Source:
    """The text of the rule of that id. Raises `PolicyError` where no rule may look like that."""
    refuse_hidden_text(text, Origin(file, 1, 1))
    line, package = _package(text, file)
    wanted = PACKAGE + rule.replace("-", "_")
    if package != wanted:
        what = f"the package is {quoted(package)}, not the rule's"
        raise PolicyError(Origin(file, line, 1), what, f"write `package {wanted}`")
    words = tuple(tokens_of(text))
    defined = {w.text for w in words if w.kind == "name" and w.depth == 0 and w.first}
    if "deny" not in defined:
        at = Origin(file, line, 1)
        raise PolicyError(at, "the rule has no `deny`", "write `deny contains finding if { … }`")
    _Checker(text, file).check(words)
    return Source(file, text, rule, line, "judged" in defined)


def _package(text: str, file: str) -> tuple[int, str]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _CLAUSE.fullmatch(line)
        if found is None:
            break
        return number, found[1]
    step = f"begin with the annotations and one line `package {PACKAGE}<id>`"
    raise PolicyError(Origin(file, 1, 1), "no `package` clause comes first", step)


class _Checker:
    """Looks for what is not allowed in the code of a rule."""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file

    def check(self, words: Sequence[Token]) -> None:
        before = None
        for number, word in enumerate(words):
            if word.text == "{" and word.depth == 0 and before is not None:
                self._check_body(word, before)
            if word.first and word.text in _CONTINUES and before is not None:
                self._check_line(word, before)
            if word.kind == "name" and (before is None or before.text != "."):
                self._check_name(word, words[number + 1 :])
            if word.text == "$" or word.text.startswith(("`", '"')):
                self._check_text(word, before)
            before = word

    def _check_line(self, word: Token, before: Token) -> None:
        if _ends_a_value(before):
            step = "begin it with a name, or put it into the line before"
            self._refuse(word, f"a line that begins with {quoted(word.text)}", step)

    def _check_body(self, word: Token, before: Token) -> None:
        if _ends_a_value(before):
            step = "write `if` before the body"
            self._refuse(word, "a body without `if`, as before Rego 1.0", step)

    def _check_name(self, word: Token, rest: Sequence[Token]) -> None:
        if word.text == "data":
            self._refuse(word, "`data` is read", "read `input`; a rule knows nothing else")
        if word.text == "with":
            self._refuse(word, "`with` replaces what a rule reads", "pass it as an argument")
        if word.text.startswith("fieldgate_"):
            self._refuse(word, f"the name {quoted(word.text)} is reserved", "choose another one")
        if word.text == "import" and word.first:
            named = "".join(token.text for token in rest[:3])
            if not named.startswith(_IMPORTS):
                step = "import nothing but `rego.v1`"
                self._refuse(word, "an import", step)

    def _check_text(self, word: Token, before: Token | None) -> None:
        if word.text == "$" or (before is not None and before.text == "$"):
            self._refuse(word, "`$` before a text", "give a finding its `values`")
        if "\n" in word.text:
            self._refuse(word, "a text of several lines", "write it in one")

    def _refuse(self, word: Token, what: str, step: str) -> NoReturn:
        raise PolicyError(origin_at(self._text, self._file, word.offset), what, step)


def _ends_a_value(word: Token) -> bool:
    return (word.kind != "sign" or word.text in ")]}") and word.text not in _OPENS
