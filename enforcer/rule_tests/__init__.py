"""What `fieldgate test` runs: rules in small worlds, and what that says about the tests."""

from enforcer.rule_tests.running import RuleTests, Wanted, run_rule_tests

__all__ = ["RuleTests", "Wanted", "run_rule_tests"]
