"""NO_PROXY: which servers an entry covers, and which entries cannot be read."""

import pytest
from prolific_exports._http._no_proxy import NoProxy


@pytest.mark.parametrize(
    ("entry", "covered", "others"),
    [
        ("store.example", ["store.example", "eu.store.example"], ["astore.example", "example"]),
        (".store.example", ["store.example", "eu.store.example"], ["astore.example"]),
        ("*.store.example", ["store.example", "eu.store.example"], ["astore.example"]),
        ("STORE.Example.", ["store.example", "store.example."], ["store.example.org"]),
        ("localhost", ["localhost"], ["alocalhost"]),
        ("under_score.example", ["under_score.example"], []),
        ("bücher.example", ["xn--bcher-kva.example"], ["bucher.example"]),
        ("10.1.2.3", ["10.1.2.3"], ["10.1.2.30", "110.1.2.3"]),
        ("10.0.0.0/8", ["10.1.2.3", "10.255.0.1"], ["11.0.0.1", "store.example", "::a00:1"]),
        ("10.1.2.3/8", ["10.9.9.9"], ["11.0.0.1"]),
        ("::1", ["::1", "0:0:0:0:0:0:0:1"], ["::2"]),
        ("[::1]", ["::1"], ["::2"]),
        ("fd00::/8", ["fd12::1"], ["fe80::1", "253.0.0.1"]),
        ("[fd00::]/8", ["fd12::1"], ["fe80::1"]),
    ],
)
def test_entry_covers_its_hosts_and_no_others(entry, covered, others):
    no_proxy = NoProxy.read(entry)
    assert no_proxy.unread == ()
    assert [host for host in covered + others if no_proxy.covers(host, 443)] == covered


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("store.example:8443", "a.store.example"),
        ("10.1.2.3:8443", "10.1.2.3"),
        ("[::1]:8443", "::1"),
    ],
)
def test_entry_with_a_port_covers_that_port_only(entry, host):
    no_proxy = NoProxy.read(entry)
    assert no_proxy.covers(host, 8443)
    assert not no_proxy.covers(host, 443)


@pytest.mark.parametrize("text", ["*", "store.example,*", "* other.example"])
def test_asterisk_covers_everything(text):
    assert NoProxy.read(text).covers("api.example", 443)


@pytest.mark.parametrize(
    "text", ["a.example,b.example", " a.example , b.example,", "a.example b.example"]
)
def test_entries_are_separated_by_commas_or_spaces(text):
    no_proxy = NoProxy.read(text)
    assert no_proxy.unread == ()
    assert no_proxy.covers("a.example", 443)
    assert no_proxy.covers("b.example", 443)


@pytest.mark.parametrize("text", ["", " ", ",,"])
def test_empty_list_covers_nothing(text):
    assert NoProxy.read(text) == NoProxy()


@pytest.mark.parametrize(
    "entry",
    [
        *("[", "]", "[]", "[::1", "::1]", "[::1]x", "[store.example]", "[::zz]", "fd00::/129"),
        *("10.0.0.0/33", "10.0.0.0/x", "10.0.0", "192.168.1.300", "192.168.*", "10."),
        *("https://store.example", "store.example/path", "store.example:port", ":80", "a@b"),
        *("*store.example", "st*re.example", ".", "..", "*.", "-", "a..b", "a" * 64, "ä" * 64),
    ],
)
def test_invalid_entry_is_named_and_the_others_apply(entry):
    no_proxy = NoProxy.read(f"a.example,{entry},::1")
    assert no_proxy.unread == (entry,)
    assert no_proxy.covers("a.example", 443)
    assert no_proxy.covers("::1", 443)
    assert not no_proxy.covers("store.example", 443)
