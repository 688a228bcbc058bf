"""Trying rules in small worlds: those of their own files, and those of cases beside them."""

from enforcer.policytest.coverage import Element, Kind, coverage_of
from enforcer.policytest.mutation import Tried, mutate
from enforcer.policytest.projects import Policy, pack_suite, policy_of
from enforcer.policytest.samples import SampleResult, run_samples
from enforcer.policytest.suites import Suite, Tested, run_suite
from enforcer.policytest.trials import SAMPLES, Judging, sample_world
from enforcer.policytest.worlds import Surroundings, sample_estate

__all__ = [
    "SAMPLES",
    "Element",
    "Judging",
    "Kind",
    "Policy",
    "SampleResult",
    "Suite",
    "Surroundings",
    "Tested",
    "Tried",
    "coverage_of",
    "mutate",
    "pack_suite",
    "policy_of",
    "run_samples",
    "run_suite",
    "sample_estate",
    "sample_world",
]
