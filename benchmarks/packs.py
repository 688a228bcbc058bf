"""All packs against the cold lineage, side by side on a generated project.

    python benchmarks/packs.py [--models 5000] [--columns 20] [--rounds 3] [--keep FOLDER]

The project is a warehouse in SQL: sources full of personal data, models that copy, protect,
join, filter and count them, in four layers, and exports. Every column of a source that has a
name for it carries a label; places, purposes, grants and retentions are declared. Each round
runs cold lineage and the judgement by all packs in fresh processes; the ratio is that of the
medians.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from timing import Measure, interleave, print_accounts, print_machine, print_table, work

POLICIES = Path(__file__).parent.parent / "policies"
LIMIT = 0.5  # of the time of the cold lineage
KINDS = (
    ("email", "user.contact.email"),
    ("phone", "user.contact.phone_number"),
    ("full_name", "user.name"),
    ("birth_date", "user.demographic.date_of_birth"),
    ("gender", "user.demographic.gender"),
    ("postcode", "user.contact.address.postal_code"),
    ("card_number", "user.financial.credit_card.pan"),
    ("diagnosis", "user.health_and_medical.diagnosis"),
    ("ip_address", "user.device.ip_address"),
)
LAYERS = ("staging", "core", "mart", "report")
FIXED = ("id", "customer_id", "consent", "created_at")


def main() -> None:
    """Generate, measure and print."""
    asked = argparse.ArgumentParser(description="Time the packs against the lineage.")
    asked.add_argument("--models", type=int, default=5000)
    asked.add_argument("--columns", type=int, default=20, help="of each model, at least 14")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--keep", type=Path, help="write the project here, and leave it")
    options = asked.parse_args()
    print_machine()
    with tempfile.TemporaryDirectory() as room:
        folder = options.keep or Path(room) / "warehouse"
        generate(folder, options.models, options.columns)
        measures = [
            Measure("cold lineage (floor)", work("judged.py", folder, "lineage")),
            Measure("all packs", work("judged.py", folder, "judgement"), limit=LIMIT),
        ]
        found = interleave(measures, options.rounds)
    print_table(measures, found)
    print_accounts(measures, found)


def generate(folder: Path, models: int, columns: int) -> None:
    """Write a project of so many models of so many columns each."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = max(models // 20, 1)
    names = _columns(columns)
    typed = ", ".join(f"{name} varchar" for name in names)
    _write(
        folder / "ddl.sql",
        "".join(f"create table raw.t{number} ({typed});\n" for number in range(sources)),
    )
    for number in range(models):
        layer, text = _model(number, models, sources, names)
        _write(folder / layer / f"m{number}.sql", text)
    _write(folder / "labels.yml", _labels(sources))
    _write(folder / "places.yml", PLACES)
    packs = ", ".join(sorted(path.parent.name for path in POLICIES.glob("*/pack.yml")))
    _write(
        folder / "fieldgate.yml",
        f"version: 1\ndialect: duckdb\npacks: [{packs}]\n"
        "labels: [labels.yml]\nplaces: places.yml\n",
    )


def _columns(count: int) -> tuple[str, ...]:
    known = (*FIXED, *(name for name, _ in KINDS))
    return (*known, *(f"amount_{number}" for number in range(count - len(known))))


def _model(number: int, models: int, sources: int, names: tuple[str, ...]) -> tuple[str, str]:
    """The layer and the statements of a model; each layer has a quarter of the models."""
    quarter = max(models // 4, 1)
    layer = min(number // quarter, len(LAYERS) - 1)
    before = f"{LAYERS[layer - 1]}.m{number - quarter}"
    name = f"{LAYERS[layer]}.m{number}"
    if LAYERS[layer] == "staging":
        query = f"select {', '.join(names)} from raw.t{number % sources}"
    elif LAYERS[layer] == "core":
        query = _joined(before, f"staging.m{max(number - quarter - 1, 0)}", names)
    elif LAYERS[layer] == "mart":
        query = (
            f"select {', '.join(names)}, row_number() over (partition by customer_id "
            f"order by created_at) as nth from {before} "
            "where diagnosis is not null or gender = 'f'"
        )
    else:
        query = _counted(before, names)
    return LAYERS[layer], f"create table {name} as {query};\n" + _readers(number, name, layer)


def _joined(first: str, second: str, names: tuple[str, ...]) -> str:
    kept = ", ".join(f"a.{name}" for name in names if name not in ("email", "phone"))
    return (
        f"select {kept}, sha256(a.email) as email, left(b.phone, 3) as phone from {first} a "
        f"join {second} b on a.customer_id = b.customer_id where a.consent = 'true'"
    )


def _counted(before: str, names: tuple[str, ...]) -> str:
    amounts = ", ".join(f"max({name}) as {name}" for name in names if name != "gender")
    people = "count(distinct customer_id) as people"
    return f"select gender, {amounts}, {people} from {before} group by gender"


def _readers(number: int, name: str, layer: int) -> str:
    """Who may read a report, and where a tenth of them goes."""
    if layer < len(LAYERS) - 1:
        return ""
    grant = f"grant select on {name} to analyst;\n" if number % 3 else ""
    export = f"copy (select * from {name}) to 's3://partner/m{number}.csv';\n"
    return grant + (export if number % 10 == 0 else "")


def _labels(sources: int) -> str:
    columns = ", ".join(f"{name}: {category}" for name, category in KINDS)
    said = f"columns: {{{columns}}}, subject: customer, subject_key: customer_id"
    entries = (f"  - {{relation: raw.t{number}, {said}}}\n" for number in range(sources))
    return "labels:\n" + "".join(entries)


PLACES = """\
raw:
  match: {relations: ["raw.*"]}
  region: eu-west-1
  purposes: [essential.service]
  retention: P24M
mart:
  match: {relations: ["mart.*"]}
  region: eu-west-1
  purposes: [analytics.reporting]
  retention: P36M
report:
  match: {relations: ["report.*"]}
  region: us-east-1
  purposes: [marketing.advertising]
  audience: [analyst]
partner:
  match: {uris: ["s3://partner/*"]}
  region: us-east-1
  partner:
    {name: AdCo, contract: C-1, expires: 2030-01-01, permits: [user.contact.email], deletion: list}
"""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
