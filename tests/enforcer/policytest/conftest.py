"""A project with one rule of its own, and cases beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.messages import words_in
from enforcer.policytest import Policy, mutate, policy_of, run_suite

if TYPE_CHECKING:
    from pathlib import Path

    from enforcer.policytest import Tested, Tried

RULE = """\
id: mail-stays
title: Mail stays
phase: use
{condition}
why: w
fix: f
avoid:
  sql: copy (select email from crm.people) to 's3://out/people.csv'
  labels: {{crm.people: {{email: user.contact.email}}}}
prefer:
  sql: copy (select keyed(email) as k from crm.people) to 's3://out/people.csv'
  functions: {{keyed: key}}
  labels: {{crm.people: {{email: user.contact.email}}}}
"""
DENY = (
    "deny: {data: user.contact.email, unless_protected: {at_least: keyed}, into: {kind: external}}"
)


class Home:
    """The folder of a project; what is written there is read anew by each question."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("fieldgate.yml", "version: 1\npacks: []\npolicies: [rules]\n")
        self.rule(DENY)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def rule(self, condition: str) -> None:
        self.write("rules/mail-stays.yml", RULE.format(condition=condition))

    def cases(self, text: str) -> None:
        self.write("rules/mail_test.yml", text)

    def policy(self) -> Policy:
        return policy_of(self.root)

    def tested(self) -> tuple[Tested, ...]:
        return run_suite(self.policy().suites[-1])

    def problems(self) -> list[str]:
        """What is wrong, in English, of samples and cases."""
        english = words_in("en")
        return [english(problem) for one in self.tested() for problem in one.problems]

    def tries(self) -> dict[str, Tried]:
        """What became of each change to the rule."""
        policy = self.policy()
        suite = policy.suites[-1]
        found = mutate(suite, run_suite(suite), ["mail-stays"], policy.taxonomy)
        return {one.mutant.change: one for one in found}

    def survivors(self) -> list[str]:
        return [change for change, one in self.tries().items() if one.survived]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)
