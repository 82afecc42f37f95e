"""Command lines that repeat requests, as a shell reads them."""

import os
import shlex
import subprocess

import pytest
from attrs import evolve
from helpers import traces, verdicts
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract.gate.reports._curl import reproduction
from prolific_contract.gate.trace import Credential

BATCH = "https://api.example/api/v1/data-collection/batches/r1/export"
NO_SHELL = pytest.mark.skipif(os.name == "nt", reason="the lines are for POSIX shells")


def command(trace, exchange):
    return reproduction(trace, [exchange])


def requested(resource="r1", query="", **changes):
    builder = traces.TraceBuilder()
    exchange = builder.request(traces.generating(), resource=resource, query=query)
    return command(builder.trace, evolve(exchange, **changes))


def test_poll_is_a_get_with_the_token():
    builder = traces.TraceBuilder()
    exchange = builder.poll(traces.running())

    assert command(builder.trace, exchange) == (
        f'curl -sS -i -H "Authorization: Token $PROLIFIC_TOKEN" {BATCH}/{traces.JOB}'
    )


def test_request_has_content_length_0():
    assert requested() == (
        "curl -sS -i -X POST -H 'Content-Length: 0' "
        f'-H "Authorization: Token $PROLIFIC_TOKEN" {BATCH}'
    )


@pytest.mark.parametrize(
    ("credential", "field"),
    [
        (Credential.UNKNOWN, '-H "Authorization: Token $PROLIFIC_TOKEN" '),
        (Credential.NONE, ""),
        (Credential.MALFORMED, "-H 'Authorization: Token' "),
        (Credential.WRONG_SCHEME, '-H "Authorization: Bearer $PROLIFIC_TOKEN" '),
        (Credential.WRONG_TOKEN, "-H 'Authorization: Token wrong' "),
        (Credential.EMPTY, "-H 'Authorization;' "),
        (Credential.NO_SCHEME, '-H "Authorization: $PROLIFIC_TOKEN" '),
        (Credential.NEAR_SCHEME, '-H "Authorization: Tokens $PROLIFIC_TOKEN" '),
        (Credential.TRUNCATED, '-H "Authorization: Token ${PROLIFIC_TOKEN%?}" '),
        (Credential.OTHER_END, '-H "Authorization: Token ${PROLIFIC_TOKEN%?}~" '),
        (Credential.OTHER_START, '-H "Authorization: Token ~${PROLIFIC_TOKEN#?}" '),
        (Credential.BEHEADED, '-H "Authorization: Token ${PROLIFIC_TOKEN#?}" '),
        (Credential.EXTENDED, '-H "Authorization: Token ${PROLIFIC_TOKEN}x" '),
        (
            Credential.OTHER_CASE,
            '-H "Authorization: Token $(printf %s "$PROLIFIC_TOKEN" | tr a-zA-Z A-Za-z)" ',
        ),
    ],
)
def test_command_sends_the_recorded_credential(credential, field):
    line = requested(credential=credential)

    assert line == f"curl -sS -i -X POST -H 'Content-Length: 0' {field}{BATCH}"


@pytest.mark.parametrize(
    ("url", "given"),
    [
        (f"{traces.BASE}/api/v1/users/me/", True),
        (f"{traces.BASE}.evil/api/v1/users/me/", False),
        (f"{traces.BASE}@evil.example/", False),
        (f"{traces.BASE}:8443/", False),
    ],
)
def test_token_is_not_sent_to_a_host_with_the_same_prefix(url, given):
    assert ("$PROLIFIC_TOKEN" in requested(url=url)) == given


def test_other_methods_are_given_as_options():
    assert " -X PATCH -H " in requested(method="PATCH")
    # curl would wait for a body after -X HEAD.
    assert " --head -H " in requested(method="HEAD")


def test_unanswered_request_has_a_time_limit():
    assert " --max-time 30 " in requested(failure="it hangs", response=None)
    assert "--max-time" not in requested()


def test_headers_that_browsers_and_proxies_add_are_left_out():
    added = (
        *("Sec-Fetch-Mode", "sec-ch-ua", "DNT", "Origin", "Cache-Control", "Accept-Language"),
        *("X-Forwarded-For", "X-Requested-With", "traceparent", ":authority", "Priority"),
    )
    headers = tuple((name, "x") for name in (*added, "If-None-Match", "X-Workspace"))
    line = requested(headers=headers)

    assert "-H 'If-None-Match: x' -H 'X-Workspace: x'" in line
    assert not [name for name in added if name in line]
    assert "-H 'Origin: x'" in requested(headers=headers, generated=True)


def test_headers_are_kept_except_redacted_and_curls_own():
    headers = (
        ("Accept", "application/json"),
        ("AUTHORIZATION", "[redacted]"),
        ("Range", "bytes=0-9"),
        ("X-Odd", "it's"),
        ("X-Hidden", "[redacted]"),
        ("X-Auth-Token", "t0p"),
    )

    words = shlex.split(requested(headers=headers))

    assert [word for word in words if ": " in word] == [
        "Content-Length: 0",
        "Authorization: Token $PROLIFIC_TOKEN",
        "Range: bytes=0-9",
        "X-Odd: it's",
    ]


def test_query_is_kept_only_for_fuzzed_requests():
    assert requested(query="?key=1", generated=True).endswith(f" '{BATCH}?key=1'")
    assert requested(query="?key=1").endswith(f" {BATCH}")


def test_curl_patterns_and_dot_segments_are_disabled():
    assert " --globoff " in requested(resource="{a,b}")
    assert "--globoff" not in requested()
    assert " --path-as-is " in requested(resource="..")
    assert " --path-as-is " in requested(resource="a/.")
    assert "--path-as-is" not in requested(query="?/../")
    assert "--path-as-is" not in requested(resource="a..b")


def test_non_ascii_and_control_characters_are_percent_encoded():
    line = requested("a~b\x7fc\n\xe9 d")

    assert line.endswith("/batches/a~b%7Fc%0A%C3%A9 d/export'")


def test_archive_is_fetched_from_a_fresh_url_without_the_token():
    trace = verdicts.example_trace()
    poll = f'curl -sS -H "Authorization: Token $PROLIFIC_TOKEN" {BATCH}/{traces.JOB}'
    python = """python3 -c 'import json, sys; print(json.load(sys.stdin)["url"])'"""

    assert command(trace, trace.exchanges[3]).split("\n") == [
        f"url=$({poll} | {python})",
        """curl -sS -D - -o archive.part -H 'Range: bytes=-65557' "$url\"""",
    ]


def test_token_is_sent_only_to_the_api():
    builder = traces.TraceBuilder()
    exchange = builder.fetch(None, url="https://elsewhere.example/x", credential=Credential.VALID)

    assert command(builder.trace, exchange) == "curl -sS -i https://elsewhere.example/x"


def test_archive_url_within_the_api_is_repeated_as_a_poll():
    builder = traces.TraceBuilder()
    own = f"{BATCH}/{traces.JOB}"
    builder.poll(traces.complete(url=own))
    exchange = builder.poll(traces.running())

    assert command(builder.trace, exchange).endswith(f" {own}")


def test_several_exchanges_become_one_line_each():
    builder = traces.TraceBuilder()
    exchanges = [
        builder.request(traces.generating()),
        builder.poll(traces.running()),
        builder.poll(traces.complete()),
        builder.poll(traces.running(), export_id=traces.OTHER_JOB),
    ]

    lines = reproduction(builder.trace, exchanges).split("\n")

    assert [line.rpartition("/")[2] for line in lines] == ["export", traces.JOB, traces.OTHER_JOB]


def test_only_the_last_lines_are_shown():
    builder = traces.TraceBuilder()
    exchanges = [builder.request(None, resource=f"r{number}") for number in range(5)]

    lines = reproduction(builder.trace, exchanges).split("\n")

    assert [line.split("/")[-2] for line in lines] == ["r2", "r3", "r4"]


def test_commands_have_no_secrets():
    trace = verdicts.hostile().trace

    lines = "\n".join(command(trace, exchange) for exchange in trace.exchanges)

    assert [secret for secret in verdicts.SECRETS if secret in lines] == []


@NO_SHELL
@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(min_size=1),
            st.sampled_from(["GET", "POST", "P'T", "$(id)", "`id`"]),
            st.text("X-a\"'$`;&|<>\n\\ "),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_shell_reads_each_line_as_one_literal_command(requests):
    lines = [
        requested(resource, method=method, headers=(("X-Made", value),), generated=True)
        for resource, method, value in requests
    ]
    script = (
        "PROLIFIC_TOKEN=fromtheenvironment\n"
        'curl() { echo call; for word in "$@"; do printf \'%s\\n\' "$word"; done; }\n'
    )

    ran = subprocess.run(
        ["sh", "-c", script + "\n".join(lines)], capture_output=True, text=True, check=True
    )

    assert ran.stderr == ""
    calls = [call.splitlines() for call in ran.stdout.split("call\n")[1:]]
    assert len(calls) == len(requests)
    for call, (_, method, _) in zip(calls, requests, strict=True):
        assert call[:2] == ["-sS", "-i"]
        assert call[-1].startswith("https://api.example/api/v1/data-collection/batches/")
        assert "Authorization: Token fromtheenvironment" in call
        assert method == "GET" or method in call
