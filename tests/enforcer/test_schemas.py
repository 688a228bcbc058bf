"""Loader and JSON Schema agree on samples; the first line of a bad one says what is wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from enforcer.documents import parse_document
from enforcer.documents.compose import compose
from enforcer.documents.nodes import Mapping, Node, Scalar, Sequence
from enforcer.notices import check_notice
from enforcer.places import check_places
from enforcer.rule_sense import check_sense
from enforcer.schemas import KINDS, schema_of, text_of
from enforcer.shipped import policies_folder
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError

SAMPLES = Path(__file__).parent / "samples"
TAXONOMY = load_taxonomy()
GOOD, BAD, SENSELESS = (sorted((SAMPLES / f).glob("*.yml")) for f in ("good", "bad", "senseless"))


def kind_of(path: Path) -> str:
    return path.name.partition("-")[0].partition(".")[0]


def load(path: Path) -> None:
    kind = kind_of(path)
    own = {} if kind == "rule" else None
    document = parse_document(path.read_text("utf-8"), path.name, KINDS[kind], own)
    if kind == "rule":
        check_sense(document, TAXONOMY, {"crm", "mart"})
    if kind == "places":
        check_places(document.value, document, (), TAXONOMY)
    if kind == "notice":
        check_notice(document, TAXONOMY)


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
    rule, pack = schema_of("rule"), schema_of("pack")
    for path in sorted(path for folder in folders for path in folder.glob("*.yml")):
        found = as_json(compose(path.read_text("utf-8"), path.name))
        schema = pack if path.name == "pack.yml" else rule
        jsonschema.validate(found, schema, jsonschema.Draft202012Validator)
