"""Loader and JSON Schema agree on samples; the first line of a bad one says what is wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from enforcer.documents import Document, parse_document
from enforcer.documents.compose import compose
from enforcer.documents.convert import convert
from enforcer.documents.nodes import Mapping, Node, Scalar, Sequence
from enforcer.notices import check_notice
from enforcer.packs import is_test, load_pack
from enforcer.places import check_places
from enforcer.policytest.cases import check_cases
from enforcer.rule_sense import check_sense
from enforcer.rules import default_of, fields_of
from enforcer.schemas import KINDS, schema_of, text_of
from enforcer.shipped import policies_folder
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError
from tests.enforcer.variations import variations

SAMPLES = Path(__file__).parent / "samples"
TAXONOMY = load_taxonomy()
RULES = [loaded.card.id for loaded in load_pack("baseline", TAXONOMY).rules]
GOOD, BAD, SENSELESS = (sorted((SAMPLES / f).glob("*.yml")) for f in ("good", "bad", "senseless"))


def kind_of(path: Path) -> str:
    return path.name.partition("-")[0].partition(".")[0]


def load(path: Path) -> Document[Any]:
    kind = kind_of(path)
    own: dict[str, Node] | None = {} if kind == "rule" else None
    document = parse_document(path.read_text("utf-8"), path.name, KINDS[kind], own)
    if kind == "rule":
        check_sense(document, TAXONOMY, {"crm", "mart"})
    if kind == "places":
        check_places(document.value, document, (), TAXONOMY)
    if kind == "notice":
        check_notice(document, TAXONOMY)
    if kind == "test":
        check_cases(document, TAXONOMY, RULES)
    return document


def as_json(node: Node) -> Any:  # noqa: ANN401 - any JSON
    """What an editor makes of YAML: the core schema of YAML 1.2."""
    if isinstance(node, Mapping):
        return {key.text: as_json(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [as_json(item) for item in node.items]
    assert isinstance(node, Scalar)
    return of_scalar(node.text) if node.plain else node.text


def of_scalar(text: str) -> Any:  # noqa: ANN401 - any JSON scalar
    words = {"true": True, "false": False, "null": None, "~": None, "": None}
    if text.lower() in words:
        return words[text.lower()]
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    return float(text) if re.fullmatch(r"[-+]?[0-9]*\.[0-9]+", text) else text


def fits_schema(path: Path) -> bool:
    validator = jsonschema.Draft202012Validator(
        schema_of(kind_of(path)), format_checker=jsonschema.FormatChecker()
    )
    return validator.is_valid(as_json(compose(path.read_text("utf-8"), path.name)))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_is_right_for_the_loader_is_right_for_an_editor(path: Path) -> None:
    """A good sample loads, and fits its schema."""
    load(path)
    assert fits_schema(path)


@pytest.mark.parametrize("path", [*BAD, *SENSELESS], ids=lambda path: path.stem)
def test_a_mistake_is_named_at_its_place(path: Path) -> None:
    """A bad sample is refused with the position, the mistake and a next step."""
    expected = path.read_text("utf-8").partition("\n")[0].removeprefix("# ")
    with pytest.raises(PolicyError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path.name}:{expected}")
    assert caught.value.next_step


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_what_is_wrong_for_the_loader_is_wrong_for_an_editor(path: Path) -> None:
    """A bad sample does not fit its schema."""
    assert not fits_schema(path)


# What a mistake is called that only who reads other files, or other parts of this one, can see.
BEYOND_SCHEMAS = (
    "unknown category",
    "unknown set",
    "no place is called",
    "no rule that judges here is called",
    "no parameter is called",
    "speaks of no data",
    "no name for a place",
    "matches nothing",
    "unknown kind of relation",
    "unknown SQL dialect",
)
# The samples that are varied: the others have nothing that these have not.
RICH = [p for p in GOOD if not p.stem.startswith(("rule-deny-", "rule-require-", "rule-short"))]
# What is the same in all samples of rules is varied in one of them.
ALIKE = {"id", "title", "phase", "why", "fix", "avoid", "prefer"}


def is_read(root: Node, kind: str, parameters: dict[str, Node]) -> bool:
    names = " ".join(f"${name}" for name in parameters)
    try:
        value = convert(root, KINDS[kind], "f.yml", parameters if kind == "rule" else None)
        document: Document[Any] = Document("f.yml", names, value, root)
        if kind == "rule":
            check_sense(document, TAXONOMY)
        if kind == "places":
            check_places(document.value, document, (), TAXONOMY)
        if kind == "test":
            check_cases(document, TAXONOMY, RULES)
    except PolicyError as error:
        return any(words in error.message for words in BEYOND_SCHEMAS)
    return True


@pytest.mark.parametrize("path", RICH, ids=lambda path: path.stem)
def test_loader_and_schema_agree_on_what_differs_from_a_good_sample(path: Path) -> None:
    """Whatever is left out of a good sample, put in or written otherwise: both say the same.

    The values of parameters have no form of their own.
    """
    root = compose(path.read_text("utf-8"), path.name)
    assert isinstance(root, Mapping)
    given = next((v for k, v in root.entries if k.text == "parameters"), None)
    parameters = {k.text: v for k, v in given.entries} if isinstance(given, Mapping) else {}
    kind = kind_of(path)
    left = {"parameters"} if kind == "rule" else set()
    left |= ALIKE if kind == "rule" and path.stem != "rule-all-forms" else set()
    validator = jsonschema.Draft202012Validator(schema_of(kind))
    varied = {
        what: with_entry(root, number, other)
        for number, (key, value) in enumerate(root.entries)
        if key.text not in left
        for what, other in variations(Mapping(1, 1, ((key, value),)))
    }
    disagreed = [
        what
        for what, whole in varied.items()
        if is_read(whole, kind, parameters) != validator.is_valid(as_json(whole))
    ]
    assert disagreed == []


def with_entry(root: Mapping, number: int, entries: Node) -> Mapping:
    assert isinstance(entries, Mapping)
    return Mapping(1, 1, (*root.entries[:number], *entries.entries, *root.entries[number + 1 :]))


def test_the_good_samples_show_the_whole_language() -> None:
    """Every key that can be written stands in some good sample."""
    missing = {
        f"{name}.{key}"
        for kind in KINDS
        for name, shape in schema_of(kind)["$defs"].items()
        for key in shape_of(shape).get("properties", {})
    }
    for path in GOOD:
        missing -= written(load(path).value)
    assert missing == set()


def shape_of(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition's long form."""
    return definition["anyOf"][-1] if "anyOf" in definition else definition


def written(value: Any) -> set[str]:  # noqa: ANN401 - any value that people write
    """The keys that say something in a value, each after the name of its kind."""
    if isinstance(value, msgspec.Struct):
        parts = {f.encode_name: (getattr(value, f.name), f) for f in fields_of(type(value))}
        said = {
            key: part for key, (part, f) in parts.items() if f.required or part != default_of(f)
        }
        here = {f"{type(value).__name__}.{key}" for key in said}
        return here.union(*map(written, said.values()))
    if isinstance(value, dict):
        return set().union(*map(written, value.values()))
    return set().union(*map(written, value)) if isinstance(value, tuple) else set()


@pytest.mark.parametrize("path", SENSELESS, ids=lambda path: path.stem)
def test_a_schema_knows_no_names(path: Path) -> None:
    """What is only wrong because a name does not exist fits the schema."""
    assert fits_schema(path)


def test_every_kind_has_samples() -> None:
    """There is something good and something bad of everything that people write."""
    assert {kind_of(path) for path in GOOD} == {kind_of(path) for path in BAD} == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_schema_files_are_up_to_date(kind: str) -> None:
    """The published schema is the generated one."""
    published = (policies_folder() / "schema" / f"{kind}.json").read_text("utf-8")
    assert published == text_of(kind), "run `python -m enforcer.schemas`"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_schemas_are_valid(kind: str) -> None:
    """Every schema is one by the rules of its draft."""
    jsonschema.Draft202012Validator.check_schema(schema_of(kind))


def test_shipped_files_fit_their_schemas() -> None:
    """What is shipped is what the schemas describe."""
    folders = [
        policies_folder() / "rules",
        *(p.parent for p in policies_folder().glob("*/pack.yml")),
    ]
    kinds = {
        kind: jsonschema.Draft202012Validator(schema_of(kind)) for kind in ("pack", "rule", "test")
    }
    for path in sorted(path for folder in folders for path in folder.glob("*.yml")):
        kind = "test" if is_test(path.name) else "pack" if path.name == "pack.yml" else "rule"
        found = as_json(compose(path.read_text("utf-8"), path.name))
        kinds[kind].validate(found)
