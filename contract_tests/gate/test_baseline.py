"""The baseline: known violations that do not fail a check."""

import json

import pytest
from helpers import verdicts
from helpers.verdicts import REQUEST, STATUS, broken, cells, held, law, noted
from prolific_contract import DocumentError
from prolific_contract.gate import Accepted, Baseline, read_baseline, stale, write_baseline

ENTRY = {"fingerprint": "shape.error batch request", "reason": "fixed in May"}


def document(*entries, **changes):
    return {"format": "prolific-contract baseline", "version": 1, "accepted": [*entries], **changes}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "baseline.json"


@pytest.fixture
def reading(file):
    def read(value):
        text = value if isinstance(value, str) else json.dumps(value)
        file.write_text(text, encoding="utf-8")
        return read_baseline(file)

    return read


def test_written_baseline_round_trips(file):
    baseline = Baseline(
        (Accepted("shape.body batch request", "wäre"), Accepted("value.archive batch archive"))
    )

    write_baseline(file, baseline)

    assert read_baseline(file) == baseline
    assert "wäre" in file.read_text(encoding="utf-8")
    assert baseline.fingerprints == {"shape.body batch request", "value.archive batch archive"}


def test_written_file_has_the_documented_format(file):
    write_baseline(file, Baseline((Accepted(**ENTRY),)))

    assert json.loads(file.read_text(encoding="utf-8")) == document(ENTRY)


def test_reason_is_optional(reading):
    baseline = reading(document({"fingerprint": "shape.body batch status"}))

    assert baseline.accepted == (Accepted("shape.body batch status", ""),)


def test_byte_order_mark_is_ignored(reading):
    (accepted,) = reading("\ufeff" + json.dumps(document(ENTRY))).accepted

    assert accepted == Accepted(**ENTRY)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON: "),
        ("[" * 100_000, "is not JSON: "),
        ("[]", 'its "format" is not "prolific-contract baseline"'),
        ({"format": "other"}, "is not a baseline file"),
        (document(version=2), 'has "version" 2, but this prolific-contract reads version 1'),
        (document(accepted={}), '"accepted" is not a list'),
        (document(ENTRY, 7), "accepted[1] is not an object"),
        (
            document({**ENTRY, "why": ""}),
            'accepted[0]: unknown member "why"; the members are "fingerprint" and',
        ),
        (document({"reason": ""}), 'accepted[0]: invalid "fingerprint": expected the id of a law'),
        (document({"fingerprint": "shape.error"}), '"shape.error batch request"'),
        (
            document(ENTRY, {"fingerprint": "shape.eror batch request"}),
            'accepted[1]: no law matches "shape.eror batch request"',
        ),
        (document({"fingerprint": "value.archive batch list"}), "no law matches"),
        (document({**ENTRY, "reason": None}), '"reason" is not a string'),
        (document(ENTRY, ENTRY), 'accepts "shape.error batch request" twice'),
    ],
)
def test_invalid_file_is_refused_with_a_message(reading, file, content, message):
    with pytest.raises(DocumentError) as caught:
        reading(content)

    assert str(caught.value).startswith(str(file))
    assert message in str(caught.value)


def test_missing_file_is_refused(file):
    with pytest.raises(DocumentError, match="can't be read"):
        read_baseline(file)


def test_entry_is_stale_if_its_law_was_exercised_without_violation():
    verdict = verdicts.verdict(
        *cells(law("a.b"), held(REQUEST)),
        *cells(law("c.d"), noted(REQUEST, "n"), broken(STATUS, "x")),
    )
    accepted = [
        "c.d batch request",
        "a.b batch request",
        "a.b batch status",
        "c.d batch status",
        "a.b collection request",
        "gone.law batch request",
    ]

    assert stale(accepted, verdict) == ("a.b batch request", "c.d batch request")


def test_update_keeps_reasons_drops_stale_and_adds_new_entries():
    baseline = Baseline(
        (
            Accepted("c.d batch status", "known"),
            Accepted("a.b batch request", "was broken"),
            Accepted("a.b collection request", "other kind"),
        )
    )
    verdict = verdicts.verdict(
        *cells(law("a.b"), held(REQUEST), broken(STATUS, "y")),
        *cells(law("c.d"), broken(STATUS, "x")),
        accepted=baseline.fingerprints,
    )

    assert baseline.updated(verdict).accepted == (
        Accepted("c.d batch status", "known"),
        Accepted("a.b collection request", "other kind"),
        Accepted("a.b batch status"),
    )


def test_accepted_violations_pass_and_new_ones_fail():
    found = cells(law(), broken(REQUEST, "x"), broken(STATUS, "y"))
    one = Baseline((Accepted("shape.error batch request"),))
    both = one.updated(verdicts.verdict(*found))

    assert verdicts.verdict(*found, accepted=one.fingerprints).exit_code == 1
    assert verdicts.verdict(*found, accepted=both.fingerprints).exit_code == 0
