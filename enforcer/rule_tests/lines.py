"""What the tests of a policy came to, in lines for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.policytest import Kind
from enforcer.words import Message, say
from lineage.shown import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.policytest import Element, Tested, Tried
    from enforcer.rule_tests.ran import Ran
    from enforcer.words import RuleOutcome
    from lineage import Origin

_INDENT: Final = "      "


Words = Callable[[Message], str]


class Part(msgspec.Struct, frozen=True):
    """A part of the output: its lines in the words of a language, and whether it is a failure."""

    lines: Callable[[Words], Iterator[str]]
    failed: bool


def test_lines(ran: Sequence[Ran]) -> Part:
    """A line for each rule and each case, and below it what is wrong with it."""
    results = [result for one in ran for result in _results(one)]
    cases = sum(is_case for is_case, _, _ in results)
    failed = sum(bool(problems) for _, _, problems in results)

    def lines(words: Words) -> Iterator[str]:
        for is_case, name, problems in results:
            yield from _result_lines(name, problems, words, is_case=is_case)
        counted = {"number": len(results) - cases, "failed": failed}
        if cases:
            yield words(say("rules-and-cases-tested", cases=cases, **counted))
        else:
            yield words(say("rules-tested", **counted))

    return Part(lines, bool(failed))


Result = tuple[bool, tuple[str, "Origin"], tuple[Message, ...]]


def _results(ran: Ran) -> Iterator[Result]:
    """For each rule and each case its name, where it is written, and what is wrong with it."""
    of_rules: dict[str, list[Tested]] = {}
    cases = []
    for one in ran.tested:
        if one.trial.sample_of:
            of_rules.setdefault(one.trial.sample_of, []).append(one)
        else:
            cases.append(one)
    for rule, samples in of_rules.items():
        problems = tuple(problem for one in samples for problem in one.problems)
        yield False, (rule, samples[0].trial.origin), problems
    for one in cases:
        yield True, (one.trial.name, one.trial.origin), one.problems


def _result_lines(
    name: tuple[str, Origin], problems: Sequence[Message], words: Words, *, is_case: bool
) -> Iterator[str]:
    called, origin = plain(name[0]), name[1]
    if not problems:
        yield words(say("test-passed", rule=called))
        return
    where = str(origin) if is_case else origin.file
    yield words(say("test-failed", rule=called, file=plain(where)))
    for problem in problems:
        yield f"{_INDENT}{plain(words(problem))}"


def message_lines(messages: Sequence[Message], *, failed: bool) -> Part:
    """A line for each message."""
    return Part(lambda words: (plain(words(message)) for message in messages), failed)


def mutation_lines(tries: Sequence[Tried], unchanged: Sequence[str]) -> Part:
    """The changes that no test shows, those that none can show, and how many there were.

    `unchanged` are rules whose conditions cannot be changed.
    """
    survivors = [one for one in tries if one.survived]
    same = [one for one in tries if one.mutant.same or one.excuse]

    def lines(words: Words) -> Iterator[str]:
        for one in same:
            reason = one.mutant.same or plain(one.excuse)
            yield words(say("mutant-same", **_named(one), reason=reason))
        for name in unchanged:
            yield words(say("mutants-none", rule=plain(name)))
        for one in survivors:
            yield words(say("mutant-survived", **_named(one), at=str(one.mutant.origin)))
        killed = len(tries) - len(same) - len(survivors)
        yield words(
            say("mutants", number=len(tries), shown=killed, same=len(same), left=len(survivors))
        )

    return Part(lines, bool(survivors))


def _named(tried: Tried) -> dict[str, str]:
    return {"rule": plain(tried.name), "change": plain(tried.mutant.change)}


def coverage_lines(elements: Sequence[Element], floor: float) -> Part:
    """The parts of rules that no world exercised, and how many of each kind were."""
    missing = [element for element in elements if not element.covered]
    covered = len(elements) - len(missing)
    share = covered / len(elements) if elements else 0.0

    def lines(words: Words) -> Iterator[str]:
        for element in missing:
            part = element.part if isinstance(element.part, Message) else plain(element.part)
            what = say(f"part-{element.kind.value}")
            at = plain(str(element.origin))
            yield words(say("not-covered", rule=plain(element.rule), kind=what, part=part, at=at))
        for kind in Kind:
            there = [element.covered for element in elements if element.kind is kind]
            if there:
                what = say(f"part-{kind.value}")
                yield words(say("covered-kind", kind=what, covered=sum(there), number=len(there)))
        percent = int(share * 100)
        yield words(say("covered", covered=covered, number=len(elements), percent=percent))
        if share < floor:
            yield words(say("covered-too-little", floor=f"{floor:g}"))

    return Part(lines, share < floor)


def idle_lines(outcomes: Sequence[RuleOutcome]) -> Part:
    """Which rules found something in the project, which found nothing, and which had nothing."""
    groups = {
        "project-found": [o.rule.id for o in outcomes if o.findings],
        "project-clean": [o.rule.id for o in outcomes if o.judged and not o.findings],
        "project-idle": [o.rule.id for o in outcomes if not o.judged and not o.findings],
    }

    def lines(words: Words) -> Iterator[str]:
        found, clean, idle = (tuple(map(plain, names)) for names in groups.values())
        yield words(say("project-found", count=len(found)))
        yield words(say("project-clean", count=len(clean), rules=clean or say("no-rule-named")))
        yield words(say("project-idle", count=len(idle), rules=idle or say("no-rule-named")))

    return Part(lines, failed=False)
