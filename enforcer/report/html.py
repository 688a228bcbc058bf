"""The report as one page that stands alone: no script, no link out but to the rules' pages."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from enforcer.messages import words_in
from enforcer.report import naming, proposed, reading
from enforcer.words import ENGLISH, Message, say
from lineage.shown import folded, guarded, plain

if TYPE_CHECKING:
    from enforcer.words import Lang, Report

_TEMPLATE = "page.html.j2"
_STYLE = "page.css"


def render_html(report: Report, *, lang: Lang = ENGLISH) -> str:
    """A page of HTML5. Every value is first made visible, then escaped, by the environment."""
    return guarded(_environment(lang).get_template(_TEMPLATE).render(report=report) + "\n")


@cache
def _environment(lang: Lang) -> Environment:
    """Made once a language: it holds nothing but the compiled template and the words."""
    words = words_in(lang)

    def visible(value: Any) -> Any:  # noqa: ANN401 - jinja hands over whatever is printed
        text = words(value) if isinstance(value, Message | Enum) else value
        return plain(text) if isinstance(text, str) else text

    environment = Environment(
        loader=PackageLoader("enforcer.report", package_path=""),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "naming": naming,
        "proposed": proposed,
        "reading": reading,
        "say": say,
        "words": words,
    }
    environment.filters["folded"] = folded
    # The one style that the page's content security policy lets through.
    style = environment.get_template(_STYLE).render()
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals["style_hash"] = f"sha256-{digest}"
    return environment
