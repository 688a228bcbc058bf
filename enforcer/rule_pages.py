"""The page of each shipped rule in docs/rules/, made from the rule's own file.

`python -m enforcer.rule_pages` writes them; a test holds them to the rules.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enforcer.policy import LoadedRule

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

## The rule, with its examples

`avoid` raises this finding and `prefer` does not; `fieldgate test {id}` runs both.

```yaml
{source}
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
        source=rule.source.strip(),
    )


def write_pages(folder: Path) -> int:
    """Write the page of every shipped rule into a folder; returns how many there are."""
    from enforcer.policy import load_shipped_rules  # noqa: PLC0415 - reads every pack

    rules = load_shipped_rules()
    folder.mkdir(parents=True, exist_ok=True)
    for rule in rules:
        (folder / f"{rule.card.id}.md").write_text(rule_page(rule), encoding="utf-8")
    return len(rules)


if __name__ == "__main__":
    write_pages(Path("docs/rules"))
