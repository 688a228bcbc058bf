"""The project's own functions: what the configuration says they do, and whether there are such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.documents import nearest
from enforcer.documents.nearest import quoted
from enforcer.globs import is_glob, matches
from enforcer.words import PolicyError
from lineage.words import name_of

if TYPE_CHECKING:
    from enforcer.config import Configuration
    from enforcer.protection.methods import Effect
    from lineage import Analysis


def own_functions(
    configuration: Configuration, analysis: Analysis
) -> tuple[tuple[str, Effect], ...]:
    """What the project's functions do to a value, by name or glob, sorted.

    Raises `PolicyError` for an entry that fits no function which a value goes through: a slip in
    a name would leave the function unknown. A base commit may name those that are gone.
    """
    written = configuration.settings.parameters.functions
    called = {
        name_of(function).lower()
        for kind in analysis.graph.kinds
        for function in kind.transform.functions
    }
    for name in written if not configuration.of_base else ():
        if not any(matches(name, function) for function in called) and not _stands(name, analysis):
            at = configuration.key_origin("parameters", "functions", name)
            what = f"no value of the project goes through a function called {quoted(name)}"
            meant = nearest(name.lower(), called)
            step = f"did you mean {quoted(meant)}?" if meant else "mend the name, or remove it"
            raise PolicyError(at, what, step)
    return tuple(sorted(written.items()))


def _stands(name: str, analysis: Analysis) -> bool:
    """True when the name stands in some text, which may be one that could not be analysed."""
    last = name.rpartition(".")[2].lower()
    return not is_glob(name) and any(last in unit.text.lower() for unit in analysis.units)
