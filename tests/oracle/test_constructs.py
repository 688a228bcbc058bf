"""What the oracle puts to the test: constructs of DuckDB that scripts of it are made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .cases import make_case
from .engine import ENGINE, StoppedError

if TYPE_CHECKING:
    from .cases import Case

_MOST = 3000  # scripts that are made; some dozens of them are run
_CONSTRUCTS = r"""
with recursive \w+(\([^)]*\))? as \(.* union (all )?\(select .* union (all )?select
using key
asof (left )?join
positional join
(semi|anti) join
join lateral
natural (left |right |full |inner )?join
join \(\w+ \w+ (left |right |full |inner )?join
tablesample (reservoir|bernoulli|system)
using sample
query_table\(
from query\('
unnest\([^)]*\) with ordinality
recursive := true
json_each\(
\[\w+ for \w+ in
lambda (e|k|a|b), i:
list_reduce\(
\bwho\.\*
struct_insert\(
struct_update\(
union_value\(
union_tag\(
array_value\(
try_cast\(.* as mood_of
create type \w+ as enum
->> '\$\.k'
json_extract\(
rows between [^)]* exclude current row
rows between [^)]* exclude ties
rows between [^)]* exclude group
rows between [^)]* exclude no others
range between
groups between
window w1 as
over w\d
ignore nulls
qualify
group by all
group by rollup
group by cube
group by grouping sets
grouping(_id)?\(
\) filter \(
within group
quantile_(disc|cont)\(
string_agg\([^()]* order by
arg_m(ax|in)\(
distinct on \(
order by all
limit \d+%
limit \(select
pivot \(\w+\(\w+\) for
from \(pivot
from \(unpivot
unpivot (include nulls )?\(\w+ for
columns\(lambda
columns\('
\*columns\(
exclude \(
replace \(
rename \(
from \w+ \w+ select
union (all )?by name
except all
insert into \w+ by name
insert into \w+ by position
insert or replace
on conflict (\(k\) )?do update set .* where
returning
merge into .* when matched and .* when matched .* when not matched
when not matched by source
merge_action
update \w+ set \(
update .* set .* from \(
delete from .* using
truncate
generated always as
nextval\(
with no data
create (temp |or replace )?(macro|function) \w+\(u, v := \w+\) as
create (temp |or replace )?(macro|function) \w+\(u\) as u, \(u, v\) as
create macro \w+\(u(, v := 2)?\) as table
create recursive view
create schema side
attach ':memory:'
use side
set schema
create temp (table|view) src
alter table \w+ rename to
alter table \w+ rename column
alter table \w+ add column \w+ integer default
set data type
set default
copy (\(|\w+ )
read_parquet\(
summarize
describe
prepare \w+ as .*\$n
execute
getvariable\(
set variable
is distinct from
= any\(
= all \(
"""


def test_each_construct_is_in_a_script_that_runs() -> None:
    """Nothing is judged of a construct that no script has, or none that the engine takes."""
    left = {c: re.compile(c, re.DOTALL) for c in _CONSTRUCTS.strip().splitlines()}

    for seed in range(_MOST):
        case = make_case(seed)
        found = [name for name, construct in left.items() if construct.search(case.sql.lower())]
        if found and _runs(case):
            for name in found:
                del left[name]
        if not left:
            break

    assert not list(left)


def _runs(case: Case) -> bool:
    try:
        return ENGINE.results(case, case.world) is not None
    except StoppedError:
        return False
