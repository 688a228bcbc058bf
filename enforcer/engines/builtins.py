"""What a rule in Rego may call: functions without effects, on which both engines agree.

The list is of what is allowed. Everything else is refused before a rule runs: what reaches out
(`http.send`, `net.*`, `opa.runtime`), what prints (`print`, `trace`), what differs from run
to run (`time.now_ns`, `rand.intn`, `uuid.*`), and what the embedded engine does otherwise
than OPA, or not within bounds (`regex.*`, `glob.*`, `sprintf` and `concat`, `lower` beyond ASCII,
`to_number` of a hex number, `time.*`, `walk`, `replace`).
"""

from __future__ import annotations

from typing import Final

ALLOWED: Final = frozenset(
    """
    count sum product max min sort abs ceil floor round numbers.range
    contains startswith endswith indexof split substring
    trim trim_left trim_right trim_prefix trim_suffix trim_space
    strings.any_prefix_match strings.any_suffix_match strings.count
    array.concat array.slice array.reverse
    object.get object.keys object.union object.remove object.filter
    union intersection graph.reachable
    is_string is_number is_boolean is_null is_array is_object is_set type_name
    """.split()
)
OPERATORS: Final = frozenset(
    """
    plus minus mul div rem and or equal neq gt gte lt lte
    internal.member_2 internal.member_3
    """.split()
)
# Why somebody's first thought is not allowed, and what to do instead.
INSTEAD: Final = {
    "internal.print": "a rule shows nothing but its findings; remove it",
    "trace": "a rule shows nothing but its findings; remove it",
    "regex": "use `startswith`, `endswith`, `contains` or `split`",
    "glob": "use `startswith`, `endswith`, `contains` or `split`",
    "lower": "compare with the name as the input has it: categories and facts' keys are lower-case",
    "upper": "compare with the name as the input has it",
    "sprintf": "write `{name}` in the `message` and give the finding its `values`",
    "concat": "give the list to the message among its `values`",
    "format_int": "give the number to the message among its `values`",
    "to_number": "read the relation's `numbers`, which are facts that are whole numbers",
    "time": "read `input.day` and the relation's `days`, or compare dates as texts",
    "walk": "go through the lists that you mean with `some … in …`",
    "replace": "use `split` and compare the parts",
}


def instead_of(name: str) -> str:
    """What to do instead of calling a function that is not allowed."""
    known = INSTEAD.get(name) or INSTEAD.get(name.partition(".")[0])
    return known or "a rule knows nothing but its input; call only what docs/rego.md lists"
