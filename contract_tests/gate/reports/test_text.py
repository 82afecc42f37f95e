"""The report that people read on a terminal and in the logs of CI."""

import io

import pytest
from helpers import traces, verdicts
from helpers.verdicts import ARCHIVE, REQUEST, STATUS, broken, cells, held, law, noted
from prolific_contract import OPERATIONS
from prolific_contract.gate.reports import print_text
from prolific_contract.gate.reports._text import render
from prolific_contract.gate.trace import Trace


@pytest.fixture(autouse=True)
def ordinary_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: False)


class Stream(io.StringIO):
    encoding = "utf-8"

    def __init__(self, encoding="utf-8", *, terminal=False):
        super().__init__()
        self.encoding = encoding
        self._terminal = terminal

    def isatty(self):
        return self._terminal


def printed(verdict, **options):
    stream = Stream(**options)
    print_text(verdict, stream)
    return stream.getvalue()


def section(text, title):
    """The lines below a title."""
    return text.split(f"\n{title}\n")[1].split("\n\n")[0].split("\n")


def test_failing_report_has_the_expected_text():
    assert render(verdicts.failing(accepted=frozenset({"value.archive batch archive"}))) == (
        """\
FAILED  1 law broken, in 2 places (1 known violation accepted by the baseline)
  target    https://api.example
  edition   2026-03, judging by the responses; only shared rules applied
  profile   polite: 5 requests in 12 s, started 2026-03-20 10:00 UTC
  evidence  batch r1: 1 job, 2 polls, 1 complete, 1 archive

✗ shape.error
  Every error is enveloped.
  operation  batch request: POST …/batches/{batch_id}/export
  observed   the error is flat (#1)
  documents  An error is an object. (documents/002, 004; D-9 field errors; D-10
             real error bodies)
  also       batch status: the error is empty (#2, #5, and 1 other observation)
  https://docs.prolific.com/api-reference/ai-task-builder/request-batch-export
  to reproduce, run
  curl -sS -i -X POST -H 'Content-Length: 0' -H "Authorization: Token $PROLIFIC_TOKEN" """
        """https://api.example/api/v1/data-collection/batches/r1/export

a value.archive  accepted by the baseline
  Every error is enveloped.
  operation  batch archive: GET the batch's presigned URL
  observed   the file is no ZIP file (#4)
  documents  An error is an object. (documents/002, 004)
  https://docs.prolific.com/api-reference/ai-task-builder/request-batch-export
  to reproduce, run
  curl -sS -i -H "Authorization: Token $PROLIFIC_TOKEN" https://api.example/api/v1/"""
        f"data-collection/batches/r1/export/{traces.JOB}"
        """
  url=$(curl -sS -H "Authorization: Token $PROLIFIC_TOKEN" https://api.example/api/v1/"""
        f"data-collection/batches/r1/export/{traces.JOB}"
        """ | python3 -c 'import json, sys; print(json.load(sys.stdin)["url"])')
  curl -sS -D - -o archive.part -H 'Range: bytes=-65557' "$url"

                batch
law            request status archive
shape.answered    ✓      ·       ✓
shape.error       ✗      ✗
shape.additive    ·      ~
value.archive                    a

✓ held 2  ✗ violated 2  a accepted 1  ~ noted 1  · not exercised 2

Not exercised
  shape.answered (batch status)
    needs an error
  shape.additive (batch request)
    needs a body

Documented responses not seen
  batch status  200 failed

Notes
  shape.additive, batch status: not documented: /new (#3)
"""
    )


def test_passing_report_has_the_expected_text():
    text = render(verdicts.verdict(strict=True, started=None, profile="full"))

    assert text.startswith("PASSED  1 of 1 law exercised, none broken\n")
    assert "  profile   full, strict: 5 requests in 12 s\n" in text
    assert "✓ held 2\n" in text
    for absent in ("Notes", "Not exercised", "not seen", "baseline", "curl"):
        assert absent not in text


def test_not_proven_report_has_the_expected_text():
    text = render(verdicts.verdict(trace=Trace(()), cells=()))

    assert text.startswith("INCONCLUSIVE  no response reported the state of an export\n")
    assert "law " not in text.split("\n", 1)[1]


def test_many_violations_of_one_law_are_folded():
    found = cells(law("a.b", *OPERATIONS), *verdicts.many(OPERATIONS, "bad", 0, 1, 2, 3, 4))

    text = render(verdicts.verdict(*found))

    assert "observed   bad (#1, #2, #3, #4 and 1 more)" in text
    assert text.count("bad (") == 4
    assert ("6 more: batch delete; collection request, status, archive, list, delete") in " ".join(
        text.split()
    )


def test_accepted_operation_of_a_violated_law_is_marked():
    found = cells(law("a.b"), broken(REQUEST, "x"), broken(STATUS, "y"))

    text = render(verdicts.verdict(*found, accepted=frozenset({"a.b batch request"})))

    assert "  also       batch request: x (#1), accepted\n" in text


def test_long_list_of_notes_is_truncated():
    notes = [noted(STATUS, f"new: {number}", 0) for number in range(12)]
    twice = noted(STATUS, "new: 0", 1)

    lines = section(render(verdicts.verdict(*cells(law("a.b"), *notes, twice))), "Notes")

    assert lines[0] == "  a.b, batch status: new: 0 (#1, 2 times)"
    assert lines[1] == "  a.b, batch status: new: 1 (#1)"
    assert [line.strip() for line in lines[10:]] == ["2 more", ""]


def test_stale_baseline_entries_are_listed():
    text = render(verdicts.verdict(accepted=frozenset({"shape.error batch request"})))

    assert section(text, "In the baseline, but fixed")[0] == ("  shape.error batch request")


def test_lines_fit_the_terminal_except_commands_to_copy(monkeypatch):
    found = cells(law("a.b", statement="word " * 60, says="word " * 90), broken(REQUEST, "x" * 300))

    for width, widest in ((80, 80), (200, 100)):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = render(verdicts.verdict(*found)).split("\n")
        longest = max(len(line) for line in lines if "curl" not in line and "://" not in line)
        assert widest - 8 <= longest <= widest


def test_matrix_of_both_kinds_fits_80_columns():
    longest = "time.request-while-generating"

    text = render(verdicts.verdict(*cells(law(longest, *OPERATIONS), held(ARCHIVE))))

    assert any(line.startswith(longest) and line.endswith("·") for line in text.split("\n"))


def test_matrix_shows_a_law_only_for_the_judged_kinds():
    both = cells(law("a.b", *OPERATIONS), held(ARCHIVE))
    lines = render(verdicts.verdict(*both, *cells(law("c.d"), held(STATUS)))).split("\n")

    assert sum(line.startswith("a.b ") for line in lines) == 2
    assert sum(line.startswith("c.d ") for line in lines) == 1


def test_colour_is_used_only_on_terminals():
    verdict = verdicts.failing()

    assert "\x1b[" not in printed(verdict)
    assert "\x1b[1;31mFAILED\x1b[0m" in printed(verdict, terminal=True)


def test_console_without_escape_sequences_gets_no_colour(monkeypatch):
    """As Windows' do, unless they are configured to interpret them."""
    plain = printed(verdicts.failing())
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: True)

    assert printed(verdicts.failing(), terminal=True) == plain


def test_colour_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[31m" not in printed(verdicts.failing(), terminal=True)
    assert "31mFAILED" not in printed(verdicts.failing(), terminal=True)


def test_symbols_are_replaced_for_encodings_that_lack_them():
    found = (
        *cells(law("a.b"), broken(REQUEST, "caf\xe9…"), held(STATUS)),
        *cells(law("c.d"), noted(REQUEST, "x")),
    )
    text = printed(verdicts.verdict(*found), encoding="ascii")

    assert text.isascii()
    assert "\nX a.b\n" in text
    assert "observed   caf\\xe9... (#1)" in text
    assert "+ held 1  X violated 1  ~ noted 1  . not exercised 1" in text


def test_letters_missing_in_the_encoding_are_replaced():
    text = printed(verdicts.verdict(*cells(law(), broken(REQUEST, "漢"))), encoding="latin-1")

    assert "observed   \\u6f22 (#1)" in text
    text.encode("latin-1")


def test_stream_without_encoding_is_supported():
    assert "✓ held 2" in printed(verdicts.verdict(), encoding=None)


def test_server_text_is_inert():
    text = render(verdicts.hostile())

    assert not set(text) & set("\x00\x1b\u2028\u202e")
    assert "##vso[" not in text
    assert "# #vso[" in text
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))


@pytest.mark.parametrize("command", ["##vso[task.setvariable]", "##[error]", "##teamcity[x"])
def test_ci_commands_in_server_text_are_disabled(command):
    assert command not in render(verdicts.verdict(*cells(law(), broken(REQUEST, command))))


def test_addresses_with_colons_are_unchanged():
    verdict = verdicts.verdict(*cells(law(), broken(REQUEST, "# ## ##x [::1]:80 a::b :: ")))

    assert "# ## ##x [::1]:80 a::b ::" in render(verdict)
