"""A made-up warehouse in SQL, of any size, for the benchmarks of the packs.

Sources full of personal data; models that copy, protect, join, filter and count them, in four
layers of as many models each; grants and exports. There are two kinds:

- *well-kept*, as a repository is that a gate guards: what the packs ask to be declared is
  declared, identifiers are keyed before anybody analyses them, small groups are left out, and
  mailings go to those who agreed. One model in a hundred is written as careless ones are.
- *careless*: everything goes everywhere in the clear and little is declared, so nearly every
  relation offends against dozens of rules.

In both the labels are on the sources alone, so a rule judges what lineage carries to models.
Where a rule has nothing to judge the measurement says so.
"""

from __future__ import annotations

from pathlib import Path

from declared import CARELESS_PLACES, KEPT_PLACES, NOTICE
from statements import LAYERS, PLANTED, Model, careless, kept

POLICIES = Path(__file__).parent.parent / "policies"
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
# Without the third of the columns that point at people together.
KEPT_KINDS = tuple(
    ("city", "user.contact.address.city") if name == "postcode" else (name, category)
    for name, category in KINDS
)
KEPT_LABELS = {"customer_id": "user.unique_id", "amount_0": "user.financial"}
FIXED = ("id", "customer_id", "consent", "created_at")
ASKED = (
    "authorized",
    "opted_out",
    "limit_use",
)  # what a well-kept warehouse knows of its customers as well


def generate(folder: Path, models: int, columns: int, *, well_kept: bool) -> None:
    """Write a warehouse of so many models, whose sources have so many columns each."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = max(models // 20, 1)
    names = _columns(columns, well_kept=well_kept)
    typed = ", ".join(f"{name} varchar" for name in names)
    tables = (f"create table raw.t{number} ({typed});\n" for number in range(sources))
    _write(folder / "ddl.sql", "".join(tables))
    for number in range(models):
        quarter = max(models // len(LAYERS), 1)
        layer = min(number // quarter, len(LAYERS) - 1)
        model = Model(number, layer, quarter, number % sources, names)
        planted = number % PLANTED == PLANTED // 2
        text = kept(model) if well_kept and not planted else careless(model)
        _write(folder / LAYERS[layer] / f"m{number}.sql", text)
    _write(folder / "labels.yml", _labels(sources, names, well_kept=well_kept))
    _declare(folder, well_kept=well_kept)


def _columns(count: int, *, well_kept: bool) -> tuple[str, ...]:
    kinds = KEPT_KINDS if well_kept else KINDS
    known = (*FIXED, *(ASKED if well_kept else ()), *(name for name, _ in kinds))
    return (*known, *(f"amount_{number}" for number in range(count - len(known))))


def _labels(sources: int, names: tuple[str, ...], *, well_kept: bool) -> str:
    """The labels of the sources. Who keeps them well says of each column what it is."""
    known = dict(KINDS)
    if well_kept:
        known = dict.fromkeys(names, "none") | dict(KEPT_KINDS) | KEPT_LABELS
    columns = ", ".join(f"{name}: {category}" for name, category in known.items())
    said = f"columns: {{{columns}}}, subject: customer, subject_key: customer_id"
    entries = (f"  - {{relation: raw.t{number}, {said}}}\n" for number in range(sources))
    return "labels:\n" + "".join(entries)


def _declare(folder: Path, *, well_kept: bool) -> None:
    packs = ", ".join(sorted(path.parent.name for path in POLICIES.glob("*/pack.yml")))
    settings = f"version: 1\ndialect: duckdb\npacks: [{packs}]\nlabels: [labels.yml]\n"
    settings += "places: places.yml\n"
    if well_kept:
        settings += "notice: notice.yml\nparameters: {roles: {analyst: [user]}}\n"
        _write(folder / "notice.yml", NOTICE)
    _write(folder / "places.yml", KEPT_PLACES if well_kept else CARELESS_PLACES)
    _write(folder / "fieldgate.yml", settings)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
