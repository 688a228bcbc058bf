"""Pages of the documentation that are made from the code: rules, commands and functions.

`python -m enforcer.pages` writes them; a test holds them to what they are made from.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import click

from enforcer.atomic_files import write_text_atomically
from enforcer.messages import words_in
from enforcer.registry_page import registry_page
from enforcer.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.packs import LoadedRule
    from enforcer.words import RuleCard

_PAGE = """# {id}

{title}

| phase | severity | pack |
|---|---|---|
| {phase} | {severity} | {pack} |

## Why

{why}

## Fix

{fix}

## Law

{law}
{chinese}
## The rule, with its examples

`avoid` raises this finding and `prefer` does not; `fieldgate test {id}` runs both.

```{language}
{source}
```
{given}"""

_CHINESE = """
## 中文

{title}

**{why_heading}**：{why}

**{fix_heading}**：{fix}
"""


# What a pack has written of a rule that it shares with others.
_GIVEN = """
## With the values of its law

```yaml
{given}
```
"""


def rule_page(rule: LoadedRule) -> str:
    """The page of one rule, as Markdown."""
    card = rule.card
    law = "\n".join(f"- {article}" for article in card.law) or "None in particular."
    return _PAGE.format(
        id=card.id,
        title=card.title,
        phase=card.phase.value,
        severity=card.severity.value,
        pack=card.pack,
        why=card.why.strip(),
        fix=card.fix.strip(),
        law=law,
        chinese=_in_chinese(card),
        language="rego" if rule.file.endswith(".rego") else "yaml",
        source=rule.source.strip(),
        given=_GIVEN.format(given=rule.given.strip()) if rule.given else "",
    )


def _in_chinese(card: RuleCard) -> str:
    """The same in Chinese, where the rule's author wrote it."""
    if card.zh is None:
        return ""
    words = words_in("zh")
    return _CHINESE.format(
        title=card.zh.title,
        why=card.zh.why.strip(),
        fix=card.zh.fix.strip(),
        why_heading=words(say("why-heading")),
        fix_heading=words(say("fix-heading")),
    )


def commands_page() -> str:
    """The page of all commands, with every option, as Markdown."""
    from enforcer.cli import main  # noqa: PLC0415 - the commands import this package

    sections = [_section(f"fieldgate {name}", command) for name, command in _commands(main, "")]
    head = "# Commands\n\nWhat `fieldgate COMMAND --help` says, on one page.\n"
    return "\n".join([head, *sections])


def _commands(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def _section(name: str, command: click.Command) -> str:
    text = inspect.cleandoc(command.help or "")
    shown = inspect.cleandoc((command.epilog or "").partition("\n")[2].partition("\n")[2])
    arguments = " ".join(p.make_metavar(click.Context(command)) for p in _arguments(command))
    rows = [
        f"| `{', '.join((*option.opts, *option.secondary_opts))}` | {option.help} |"
        for option in command.params
        if isinstance(option, click.Option)
    ]
    table = "\n".join(["| option | |", "|---|---|", *rows]) if rows else "No options."
    title = f"## {name} {arguments}".rstrip()
    return f"{title}\n\n{text}\n\n{table}\n\n```\n{shown}\n```\n"


def _arguments(command: click.Command) -> list[click.Parameter]:
    return [p for p in command.params if isinstance(p, click.Argument)]


def write_pages(docs: Path) -> None:
    """Write the pages into the folder of the documentation."""
    from enforcer.policy import load_shipped_rules  # noqa: PLC0415 - reads every pack

    for page in (docs / "rules").glob("*.md"):
        page.unlink()
    for rule in load_shipped_rules():
        write_text_atomically(docs / "rules" / f"{rule.card.id}.md", rule_page(rule))
    write_text_atomically(docs / "commands.md", commands_page())
    write_text_atomically(docs / "functions.md", registry_page())


if __name__ == "__main__":
    write_pages(Path("docs"))
