"""Rules in Rego, as texts: their annotations, and what can be said of them before they run."""

from enforcer.rego.rule import RegoRule, parse_rego_rule, read_rego_rule

__all__ = ["RegoRule", "parse_rego_rule", "read_rego_rule"]
