"""The statements of the made-up warehouses, model by model."""

from __future__ import annotations

from typing import NamedTuple

LAYERS = ("staging", "core", "mart", "report")
PLANTED = 100  # one model in so many of a well-kept warehouse is a careless one
MAILINGS = 5  # one report in so many of a well-kept warehouse is a mailing list
EXPORTS = 10  # one report in so many is exported
AMOUNT = "amount_"


class Model(NamedTuple):
    """A model: its number, its layer and that of its first in its layer, and what it reads.

    `source` is the number of the source that a model of the first layer copies; `names` are
    the columns of all sources.
    """

    number: int
    layer: int
    quarter: int
    source: int
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its relation."""
        return f"{LAYERS[self.layer]}.m{self.number}"

    @property
    def before(self) -> str:
        """The model of the layer below that it reads."""
        return f"{LAYERS[self.layer - 1]}.m{self.number - self.quarter}"

    @property
    def beside(self) -> str:
        """Another model, of the first layer."""
        return f"staging.m{max(self.number - self.quarter - 1, 0)}"

    @property
    def place(self) -> int:
        """Its number within its layer."""
        return self.number - self.layer * self.quarter


def careless(model: Model) -> str:
    """Copies everything on, and groups by whatever there is."""
    names, before = model.names, model.before
    if LAYERS[model.layer] == "staging":
        query = _copied(model)
    elif LAYERS[model.layer] == "core":
        kept = ", ".join(f"a.{name}" for name in names if name not in ("email", "phone"))
        query = (
            f"select {kept}, sha256(a.email) as email, left(b.phone, 3) as phone from {before} a "
            f"join {model.beside} b on a.customer_id = b.customer_id where a.consent = 'true'"
        )
    elif LAYERS[model.layer] == "mart":
        query = _numbered(names, before)
    else:
        amounts = ", ".join(f"max({name}) as {name}" for name in names if name != "gender")
        people = "count(distinct customer_id) as people"
        query = f"select gender, {amounts}, {people} from {before} group by gender"
    return _written(model, query)


def kept(model: Model) -> str:
    """Protects what it copies, mails to those who agreed, and counts no small groups."""
    names, before = model.names, model.before
    if LAYERS[model.layer] == "staging":
        query = _copied(model)
    elif LAYERS[model.layer] == "core":
        own = ", ".join(_PROTECTED.get(name, f"a.{name}") for name in names)
        query = (
            f"select {own} from {before} a join {model.beside} b "
            f"on a.customer_id = b.customer_id where {_agreed('a.')}"
        )
    elif LAYERS[model.layer] == "mart":
        query = _numbered(names, before)
    elif model.number % MAILINGS == 0:
        query = f"select customer_id, email from {before} where {_agreed()}"
    else:
        totals = ", ".join(f"sum({name}) as {name}" for name in names if name.startswith(AMOUNT))
        query = (
            f"select birth_date, {totals}, count(distinct customer_id) as people "
            f"from {before} group by birth_date having count(distinct customer_id) >= 50"
        )
    return _written(model, query)


# What the core of a well-kept warehouse makes of some columns.
_PROTECTED = {
    "email": "hmac_sha256(a.email, getenv('pepper')) as email",
    "phone": "left(b.phone, 3) as phone",
    "full_name": "hmac_sha256(a.full_name, getenv('pepper')) as full_name",
    "birth_date": "year(a.birth_date) as birth_date",
    "city": "left(a.city, 2) as city",
    "card_number": "right(a.card_number, 4) as card_number",
    "ip_address": "hmac_sha256(a.ip_address, getenv('pepper')) as ip_address",
}


def _agreed(of: str = "") -> str:
    asked = {"consent": True, "authorized": True, "opted_out": False, "limit_use": False}
    return " and ".join(f"{of}{name} = '{str(said).lower()}'" for name, said in asked.items())


def _copied(model: Model) -> str:
    return f"select {', '.join(model.names)} from raw.t{model.source}"


def _numbered(names: tuple[str, ...], before: str) -> str:
    return (
        f"select {', '.join(names)}, row_number() over (partition by customer_id "
        f"order by created_at) as nth from {before} "
        "where diagnosis is not null or gender = 'f'"
    )


def _written(model: Model, query: str) -> str:
    """The statement that builds a model, who may read a report, and where it is exported."""
    text = f"create table {model.name} as {query};\n"
    if model.layer < len(LAYERS) - 1:
        return text
    if model.number % 3:
        text += f"grant select on {model.name} to analyst;\n"
    if model.number % EXPORTS == 0:
        text += f"copy (select * from {model.name}) to 's3://partner/m{model.number}.csv';\n"
    return text
