"""Rules that an OPA server has from its own bundles: read from it, and judged by on it.

A rule there is what a rule in a file is, with the same annotations, in a package of its own
under `fieldgate.rules`. Its text is read and checked as any other. A bundle may be replaced at
any time, so the texts are read again at the end, and must be the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.engines.engine import Answer, unjudged
from enforcer.engines.server import Remote
from enforcer.rego import RegoRule, parse_rego_rule
from enforcer.rego.source import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enforcer.opa import Server
    from enforcer.rego.source import Source

_TESTS: Final = "_test"
_PATH: Final = PACKAGE.replace(".", "/")
_CHANGED: Final = "the server's rules changed during the run"
_STEP: Final = "run again"


class _Part(msgspec.Struct):
    value: str


class _Package(msgspec.Struct):
    path: tuple[_Part, ...]


class _Ast(msgspec.Struct):
    package: _Package


class _Policy(msgspec.Struct):
    raw: str
    ast: _Ast


class _Policies(msgspec.Struct):
    result: tuple[_Policy, ...] = ()


class Bundled(Remote):
    """A context: a server that judges by its own rules."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._loaded: tuple[Source, ...] = ()

    def rules(self) -> tuple[RegoRule, ...]:
        """The server's rules, sorted by id. Raises `UnjudgedError` when there is none."""
        texts = self._texts()
        if not texts:
            what = f"{self.server.url} has no rule under `{PACKAGE[:-1]}` in its bundles"
            raise unjudged(None, what, "let a bundle hold one, or set `opa.policies: push`")
        return tuple(_rule(name, text) for name, text in sorted(texts.items()))

    def _texts(self) -> dict[str, str]:
        """The texts of the server's rules by the last part of their package."""
        said = self.ask(None, self.client.policies)
        try:
            policies = msgspec.convert(said, _Policies)
        except msgspec.ValidationError as error:
            what = f"{self.server.url} lists what are no policies ({error})"
            raise unjudged(None, what) from None
        found: dict[str, str] = {}
        for policy in policies.result:
            package = ".".join(part.value for part in policy.ast.package.path[1:])
            name = package.removeprefix(PACKAGE)
            if not package.startswith(PACKAGE) or "." in name or name.endswith(_TESTS):
                continue
            if name in found:
                what = f"{self.server.url} has two policies in the package `{package}`"
                raise unjudged(None, what, "make them one")
            found[name] = policy.raw
        return found

    def load(self, sources: Sequence[Source]) -> None:
        """Make sure that the rules are those which the server has."""
        self._loaded = tuple(sources)
        self._check_unchanged()

    def leave(self) -> None:
        """Make sure that the rules were the same all the time."""
        self._check_unchanged()

    def _check_unchanged(self) -> None:
        texts = self._texts() if self._loaded else {}
        for source in self._loaded:
            if texts.get(source.name) != source.text:
                raise unjudged(source, _CHANGED, _STEP)

    def judge(self, source: Source, document: Mapping[str, Any]) -> Answer:
        """What the server's rule says about a document."""
        path = f"{_PATH}{source.name}"
        deny = self.query(source, document, path, "deny")
        judged = self.query(source, document, path, "judged") if source.counts else None
        return Answer(deny=deny, judged=judged, nonce="")


def _rule(name: str, text: str) -> RegoRule:
    rule, _ = parse_rego_rule(text, f"opa:{name}.rego", name.replace("_", "-"))
    program = msgspec.structs.replace(rule.program, served=True)
    return msgspec.structs.replace(rule, program=program)
