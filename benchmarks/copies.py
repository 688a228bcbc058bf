"""A corpus several times over, as if it were so many projects side by side.

Each copy lies in a folder of its own and speaks of relations of its own: the first part of
every relation's dotted name (project, dataset or table) that is known of the original gets a
suffix, wherever it stands as a whole word in the text, quoted or not, and so does the last part of
a function's where it is called or made. So no text, relation or function is that of another copy;
what a copy says is otherwise what the original says.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_copies(texts: Path, names: list[str], functions: list[str], count: int, to: Path) -> None:
    """Write `count` copies of the texts below the folder `to`, the first as it is."""
    entries = json.loads(texts.read_text("utf-8"))
    words = sorted(map(re.escape, names), key=len, reverse=True)
    of_relations = rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])"
    of_functions = rf"(?<=\.)(?:{'|'.join(functions) or '(?!)'})(?=`?\s*\()"
    pattern = re.compile(f"{of_relations}|{of_functions}", re.IGNORECASE)
    for number in range(count):
        for entry in entries:
            path = to / f"copy{number}" / entry["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            text = entry["text"]
            if number and names:
                text = pattern.sub(rf"\g<0>_copy{number}", text)
            path.write_text(text + f"\n-- copy {number}\n", "utf-8")
