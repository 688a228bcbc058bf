"""All packs against the cold lineage, side by side on generated projects.

    python benchmarks/packs.py [--models 5000] [--columns 20] [--rounds 3] [--keep FOLDER]
                               [--careless]

The project is a warehouse in SQL (`warehouse.py`), well kept or careless: the limit is meant
for the well-kept one, in which one model in a hundred offends. Each round runs cold lineage and
the judgement by all packs in fresh processes; the ratio is that of the medians. Below the table
it is given of the processors' time as well, that of workers included, which other people on the
machine change less. How many rules had something to judge, and how many findings there were, is
printed: a rule that has nothing to judge costs next to nothing.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from timing import Measure, Round, interleave, print_accounts, print_machine, print_table, work
from warehouse import generate

LIMIT = 0.5  # of the time of the cold lineage


def main() -> None:
    """Generate, measure and print."""
    asked = argparse.ArgumentParser(description="Time the packs against the lineage.")
    asked.add_argument("--models", type=int, default=5000)
    asked.add_argument("--columns", type=int, default=20, help="of each source, at least 15")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--keep", type=Path, help="write the projects below this, and leave them")
    asked.add_argument("--careless", action="store_true", help="measure the careless one as well")
    options = asked.parse_args()
    print_machine()
    with tempfile.TemporaryDirectory() as room:
        for kind in ("well-kept", "careless")[: 1 + options.careless]:
            folder = (options.keep or Path(room)) / kind
            generate(folder, options.models, options.columns, well_kept=kind == "well-kept")
            print(f"\n{kind}: {options.models:,} models")
            _measure(folder, options.rounds)


def _measure(folder: Path, rounds: int) -> None:
    measures = [
        Measure("cold lineage (floor)", work("judged.py", folder, "lineage"), floor="ratio"),
        Measure("all packs", work("judged.py", folder, "judgement"), limit=LIMIT),
    ]
    found = interleave(measures, rounds)
    print_table(measures, found)
    floor, judged = (_processor(found[measure.name]) for measure in measures)
    print(f"  processors' time: {judged:.3f} s to {floor:.3f} s, ratio {judged / floor:.3f}")
    print_accounts(measures, found)


def _processor(rounds: list[Round]) -> float:
    return statistics.median(float(str(one.account["processor"])) for one in rounds)


if __name__ == "__main__":
    main()
