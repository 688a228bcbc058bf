"""Places outside by one spelling each."""

from __future__ import annotations

import pytest

from lineage.addresses import spelt_plainly
from lineage.uris import is_doubtful, server_in, without_keys

_ALIKE = [
    ["s3://b/x", "S3://b/x", "s3a://b/x", "s3n://b//x", "s3://b/./x", "s3://b/y/../x"],
    ["s3://b/x", "https://b.s3.amazonaws.com/x", "https://s3.eu-west-1.amazonaws.com:443/b/x"],
    [
        "s3://b/x",
        "https://b.s3.dualstack.eu-west-1.amazonaws.com/%78",
        "HTTPS://B.S3.amazonaws.com/x",
    ],
    ["gs://b/x", "gcs://b/x", "https://storage.googleapis.com/b/x"],
    ["gs://b/x", "https://b.storage.googleapis.com/x", "https://storage.cloud.google.com/b/x"],
    ["az://a/c/x", "abfss://c@a.dfs.core.windows.net/x", "wasbs://c@a.blob.core.windows.net/x"],
    ["az://a/c/x", "azure://a.blob.core.windows.net/c/x", "https://A.blob.core.windows.net/c/x"],
    ["https://h/x", "https://H:443/x", "https://h./x", "https://\uff28/x", "https://h:/x"],
    ["./x.csv", "x.csv", "file:x.csv", "y/../x.csv", ".//x.csv"],
    ["/srv/x", "file:///srv/x", "file://localhost/srv/x", "dbfs:/srv/x", "//srv/./x", "/../srv/x"],
    ["@s.t/x", "@S.T/x", '@"S"."T"/x', '@s."T"/x'],
    ["@d.public.t/x", "@d..t/x"],
]


@pytest.mark.parametrize("spellings", _ALIKE, ids=lambda s: s[0])
def test_spellings_of_one_place_are_one(spellings: list[str]) -> None:
    """Case of schemes and hosts, ports, empty steps and a service's own forms do not matter."""
    assert {spelt_plainly(name) for name in spellings} == {spellings[0]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("s3://b/x", "s3://B/x"),
        ("s3://b/x", "s3://b/X"),
        ("s3://b/x", "gs://b/x"),
        ("s3://b/x", "s3://b/%78"),
        ("https://h/x", "http://h/x"),
        ("https://h/x", "https://h:8443/x"),
        ("https://h/x", "https://h/X"),
        ("abfss://a@h.dfs.core.windows.net/x", "abfss://b@h.dfs.core.windows.net/x"),
        ("x.csv", "/x.csv"),
        ("x.csv", "../x.csv"),
        ('@s."t"/x', "@s.t/x"),
        ("@s.t/x", "@s.t/X"),
        ("@s.t/x/../y", "@s.t/y"),
        ("**/../x", "x"),
        ('evil/d."x/../../ok/y"', 'ok/y"'),
        ("s3://b/file:x", "s3://b/x"),
    ],
)
def test_two_places_stay_two(one: str, other: str) -> None:
    """What is a part of the name outside is one here."""
    assert spelt_plainly(one) != spelt_plainly(other)


@pytest.mark.parametrize("pattern", ["*", "*.csv", "*/x", "s3://*", "s3://b*", "@*", "./*"])
def test_a_pattern_stays_one(pattern: str) -> None:
    """What stands for any text is not touched, and one for what is beside us is for no more."""
    assert spelt_plainly(pattern) == pattern


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.com:/x@ok.com/y",
        "https://evil.com:443?x@ok.com/y",
        "https://evil.com:443#@ok.com/y",
        "https://evil.com\\@ok.com/y",
        "s3://ok/../evil/x",
        "s3://ok/%2E%2e/evil/x",
        "s3://ok/x/.",
        "s3://ok/x?s3_endpoint=evil.com",
        "postgresql://ok/db?host=evil",
        "jdbc:sqlserver://ok;serverName=evil",
        "insert overwrite directory 's3://ok/../evil'",
        'ok/"x/../../evil/y"',
    ],
)
def test_an_address_that_may_lead_elsewhere_is_found(text: str) -> None:
    """The end of a host before an `@`, steps back, and parameters that name a server."""
    assert is_doubtful(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://user:p%40ss@h/x",
        "https://medium.com/@user",
        "s3://b/a@b.org/x",
        "s3://b/x..y/...",
        "https://h/.well-known/x",
        r"https://.*\.google\.com/.*",
        "abfss://c@a.dfs.core.windows.net/x",
        "https://h/x?hosted=1&sig=k",
        "https://shop.com/x?service=post&host=a",
        "https://日本.jp/x",
        "../x",
        "out/../x",
        '{"path": "a/../b"}',
    ],
)
def test_other_addresses_are_not(text: str) -> None:
    """What clients read alike is what it is."""
    assert not is_doubtful(text)


def test_a_container_is_no_user() -> None:
    """What stands before an account of Azure is a part of the name, but for a password."""
    assert (
        without_keys("abfss://c@a.dfs.core.windows.net/x") == "abfss://c@a.dfs.core.windows.net/x"
    )
    assert without_keys("WASBS://c@a/x?sig=k") == "WASBS://c@a/x"
    assert without_keys("abfss://c:key@a/x") == "abfss://a/x"
    assert without_keys("https://c@a/x") == "https://a/x"


def test_all_servers_that_a_text_names_are_told() -> None:
    """Which of several a client takes differs."""
    assert server_in("host=a hostaddr=b dbname=c password=d") == "a/b/c"
    assert server_in("Server=a;Data Source=b;Pwd=c") == "a/b"
    assert server_in("host=a host=b") == "a/b"
    assert server_in("(DESCRIPTION=(ADDRESS=(HOST=a)(PORT=1)))") == "a"
    assert server_in("postgres://u:p@h/d?x=@ok/d") == "h/d"


@pytest.mark.parametrize("piece", ["://", "/.x", "&endpoin", "a:", "@", "?", "%2e", '"a'])
def test_long_addresses_are_read_in_time(piece: str) -> None:
    """What is looked for in an address costs what the address is long."""
    assert not is_doubtful("a://" + piece * 200_000) or piece in {"@", "?"}
    without_keys("a://" + piece * 200_000)
    spelt_plainly("a://" + piece * 200_000)
