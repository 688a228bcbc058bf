"""The notations of a report. Each sees `enforcer.words.Report` and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.report.options import Options

if TYPE_CHECKING:
    from enforcer.words import Report

FORMATS = ("text", "json", "sarif", "html", "github", "markdown")

__all__ = ["FORMATS", "Options", "render"]


def render(report: Report, notation: str, *, options: Options | None = None) -> str:
    """The whole report in one of `FORMATS`, safe for where that notation is shown.

    Ends with a newline. Raises ValueError when the notation is not one of `FORMATS`.
    """
    wanted = options or Options()
    # Each notation brings its own library; only the chosen one is paid for.
    if notation == "text":
        from enforcer.report.text import render_text  # noqa: PLC0415 - brings rich

        return render_text(
            report,
            width=wanted.width,
            colour=wanted.colour,
            include_accepted=wanted.include_accepted,
            lang=wanted.lang,
        )
    if notation == "json":
        from enforcer.report.json import render_json  # noqa: PLC0415 - as the others

        return render_json(report, lang=wanted.lang)
    if notation == "sarif":
        from enforcer.report.sarif import render_sarif  # noqa: PLC0415 - as the others

        return render_sarif(report, lang=wanted.lang, include_accepted=wanted.include_accepted)
    if notation == "html":
        from enforcer.report.html import render_html  # noqa: PLC0415 - brings jinja2

        return render_html(report, lang=wanted.lang)
    if notation == "github":
        from enforcer.report.github import render_github  # noqa: PLC0415 - as the others

        return render_github(report, lang=wanted.lang)
    if notation == "markdown":
        from enforcer.report.markdown import render_markdown  # noqa: PLC0415 - as the others

        return render_markdown(report, lang=wanted.lang)
    raise ValueError(f"no report format {notation!r}; there are {', '.join(FORMATS)}")
