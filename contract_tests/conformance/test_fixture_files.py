"""A fixture file that is not as the README has it is refused, because it would test nothing."""

import json

import pytest
from helpers.response_fixtures import FOLDER, FixtureError, load_fixtures, read_fixture

WHOLE = json.loads((FOLDER / "states/post-200-complete.json").read_text(encoding="utf-8"))


def read(tmp_path, data):
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return read_fixture(path, tmp_path)


def test_complete_fixture_is_read(tmp_path):
    fixture = read(tmp_path, WHOLE)
    assert (fixture.name, fixture.status, fixture.refused_for) == ("odd", 200, "status")
    assert json.loads(fixture.body) == fixture.json == WHOLE["response"]["json"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, b""),
        ({"text": "\ufeffé"}, b"\xef\xbb\xbf\xc3\xa9"),
        ({"base64": "//4A"}, b"\xff\xfe\x00"),
        ({"json": "é"}, b'"\xc3\xa9"'),
    ],
)
def test_body_is_sent_byte_for_byte(tmp_path, body, expected):
    response = {"status": 200, "headers": {}, **body}
    assert read(tmp_path, {**WHOLE, "response": response}).response().content == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wat": ""}, "has the keys"),
        ({"response": {"status": 200}}, "needs a status"),
        ({"response": {"status": 200, "headers": {}, "json": 1, "text": ""}}, "at most one body"),
        ({"response": {"status": 200, "headers": {}, "xml": ""}}, "at most one body"),
        ({"contract": {"allowed_in": ["2025-01"], "refused_for": "status"}}, "an edition beyond"),
        ({"contract": {"allowed_in": ["2026-03"]}}, "says why"),
        ({"contract": {"allowed_in": [], "refused_for": "mood"}}, "says why"),
        (
            {"contract": {"allowed_in": ["2026-03", "2026-11"], "refused_for": "status"}},
            "says why",
        ),
        ({"wrapper": {}}, "needs one of"),
        ({"wrapper": {"state": "failed", "error": "X"}}, "needs one of"),
    ],
)
def test_invalid_fixture_is_refused(tmp_path, change, message):
    with pytest.raises(FixtureError, match=message):
        read(tmp_path, {**WHOLE, **change})


def test_folders_match_the_readme():
    def verdicts(folder):
        return {
            (
                fixture.is_allowed,
                "error" not in fixture.wrapper,
                fixture.wrapper.get("error") in ("ContractViolation", "UnknownStatusError"),
            )
            for fixture in load_fixtures()
            if fixture.name.startswith(f"{folder}/")
        }

    assert verdicts("states") == {(True, True, False)}
    assert verdicts("errors") == {(True, False, False)}
    assert verdicts("tolerated") == {(False, True, False), (False, False, False)}
    assert verdicts("violations") == {(False, False, True)}
