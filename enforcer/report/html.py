"""The report as one page that stands alone: no script, no link out but to the rules' pages."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from enforcer.report import reading
from lineage.shown import folded, guarded, plain

if TYPE_CHECKING:
    from enforcer.words import Report

_TEMPLATE = "page.html.j2"


def render_html(report: Report) -> str:
    """A page of HTML5. Every value is first made visible, then escaped, by the environment."""
    return guarded(_environment().get_template(_TEMPLATE).render(report=report) + "\n")


@cache
def _environment() -> Environment:
    """Made once: it holds nothing but the compiled template."""
    environment = Environment(
        loader=PackageLoader("enforcer.report", package_path=""),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["reading"] = reading
    environment.filters["folded"] = folded
    return environment


def _visible(value: Any) -> Any:  # noqa: ANN401 - jinja hands over whatever is printed
    return plain(value) if isinstance(value, str) else value
