"""A text that is not what it looks like is a gap; one in any language of people is none."""

# ruff: noqa: RUF001 - words of all languages
from __future__ import annotations

import re

import pytest

from lineage import Gap, GapReason, analyze_sql
from tests.hostile.disguised import DIALECTS, inputs

_FINE = {
    "chinese": "select 姓名, 邮箱 as 电子邮件 from 用户 -- 注释，说明；\u3000缩进",
    "japanese": 'select "顧客\uff29\uff24" as ﾃｽﾄ, メール as ひらがな from 顧客 /* 注\u3000 */',
    "korean": "select 이름, 전자우편 from 고객",
    "french": 'select prénom, "œuvre d\'été" from clientes -- é\u00a0: l\u2019élève',
    "german": "select straße, größe from übersicht",
    "vietnamese": "select địa_chỉ from khách_hàng",
    "turkish": "select kapı, ışık from ev",
    "polish": "select żółć from łąka",
    "russian": "select имя_клиента, дата_с, id_клиента from клиенты",
    "greek": "select όνομα, Δt, μ_mean from πελάτες",
    "arabic": "select الاسم from العملاء -- \u200fتعليق",
    "hebrew": "select שם from לקוחות",
    "hindi": "select नाम from ग्राहक",
    "thai": "select ชื่อ from ลูกค้า",
    "persian": "-- می\u200cخواهم\nselect a from t",
    "emoji": "select '👩\u200d💻 ❤\ufe0f' as x from t -- 👍\ufe0f",
    "data": "select replace(x, '\u00a0', ' '), replace(x, '\u200b', '') from t",
    "units": "select area_m² as nº, '№' from t",
    "windows": "select a -- x\r\nfrom t\r\n",
    "dump": "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE */;\nselect a from t",
}


def _misleading(sql: str, dialect: str) -> list[Gap]:
    gaps = analyze_sql(sql, dialect=dialect).gaps
    return [gap for gap in gaps if gap.reason is GapReason.MISLEADING]


@pytest.mark.threat(14)
@pytest.mark.parametrize("one", list(inputs()), ids=lambda one: one.name)
def test_a_disguise_is_a_gap_that_shows_it(one: object) -> None:
    """The message gives the character's code, and holds none that cannot be seen."""
    name, dialect, data = one  # type: ignore[misc]
    found = _misleading(data.decode("utf-8", "surrogatepass"), dialect)

    assert found, name
    assert all(gap.message.isascii() for gap in found)
    assert all(re.search(r"U\+[0-9A-F]{4}|NFC|engine runs", gap.message) for gap in found)
    assert all(gap.origin.line == 1 for gap in found)


@pytest.mark.threat(14)
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("language", _FINE)
def test_words_of_any_language_are_fine(language: str, dialect: str) -> None:
    """Names, comments and data in one's own script, and what belongs to it, are no disguise."""
    assert _misleading(_FINE[language], dialect) == []


@pytest.mark.threat(14)
def test_a_disguised_text_is_analysed_as_it_is_written() -> None:
    """The gap is beside the flows, which are those of the real characters."""
    found = analyze_sql("create table m as select em\u0430il as x from t", dialect="duckdb")

    assert [edge.source.column for edge in found.edges] == ["em\u0430il"]
