"""The shared rules in YAML: each does what its own file says, in both of its worlds."""

from __future__ import annotations

import pytest

from enforcer.packs import SHARED, load_rule, rule_files
from enforcer.places import find_places
from enforcer.policytest import run_samples
from enforcer.shipped import policies_folder
from enforcer.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
FILES = [file for file in rule_files(policies_folder() / SHARED) if file.endswith(".yml")]


@pytest.mark.parametrize("file", FILES)
def test_every_shared_rule_does_what_its_file_says(file: str) -> None:
    """`avoid` raises this finding and `prefer` does not."""
    rule = load_rule(policies_folder(), f"{SHARED}/{file}", "", TAXONOMY).rule
    assert run_samples(rule, TAXONOMY, find_places).problems == ()
