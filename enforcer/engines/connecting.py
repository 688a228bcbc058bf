"""Reaching the OPA server that a project names, where it names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.opa import Server, server_of
from enforcer.packs import LoadedRule
from enforcer.policy import load_rules
from enforcer.words import PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import ModuleType

    from enforcer.config import Configuration
    from enforcer.taxonomy import Taxonomy

BUNDLE_PACK = "opa"


def server_in(configuration: Configuration) -> Server | None:
    """The server of the configuration, checked; None where it names none."""
    settings = configuration.settings.opa
    if settings is None:
        return None
    return server_of(settings, configuration.root, lambda key: configuration.origin("opa", key))


def load_all_rules(
    configuration: Configuration, taxonomy: Taxonomy, places: Collection[str]
) -> tuple[LoadedRule, ...]:
    """The rules that a project is held to, those that its OPA server brings among them.

    Raises like `load_rules`, and `UnjudgedError` where the server cannot be asked.
    """
    server = server_in(configuration)
    if server is None or server.settings.policies != "bundle":
        return load_rules(configuration, taxonomy, places)
    with client().bundle.Bundled(server) as bundled:
        more = tuple(
            LoadedRule(
                rule=rule,
                pack=BUNDLE_PACK,
                file=rule.program.file,
                source=rule.program.text,
            )
            for rule in bundled.rules()
        )
    return load_rules(configuration, taxonomy, places, more)


def client() -> ModuleType:
    """The package of engines with those that need the client library loaded."""
    try:
        from enforcer import engines  # noqa: PLC0415 - as below
        from enforcer.engines import bundle, server  # noqa: F401, PLC0415 - an optional library
    except ImportError as error:
        what = f"`opa` is set and the client library cannot be loaded ({error.name})"
        step = "pip install 'fieldgate[opa]'"
        raise PolicyError(Origin("", 0, 0), what, step) from None
    return engines
