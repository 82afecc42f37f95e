"""The examples that show what an edit breaks."""

from helpers.contract_edits import ANSWER, BODY, adding, edited, field, parameter, setting, verdicts
from prolific_contract.diff import _requests, _responses, compare
from prolific_contract.diff._contract import operations
from prolific_contract.diff._messages import ResponseExample, response_is_sent

from diff.documents import base, put, thing


def test_break_without_example_is_unknown():
    impossible = {"type": "string", "pattern": "^[a-f]{9}$"}

    def case(edit):
        old = base()
        parameter(1)(old).update(required=True, schema=impossible)
        (diff,) = compare(old, edited(edit) if edit else {**base(), "paths": {}})
        return {finding.where: finding.verdict for finding in diff.findings}

    # No simplest request can be made, and every example begins with one.
    assert case(lambda d: d["paths"].clear()) == {"operation": "unknown"}
    assert case(adding(required=True))["query parameter since"] == "unknown"


def test_response_without_example_is_unknown():
    content = {"text/plain": {"schema": {"type": "string", "pattern": "^[a-f]{9}$"}}}
    answer = {"description": "", "content": content}

    added = edited(setting(lambda d: put(d)["responses"], **{"201": answer}))
    changed = edited(setting(lambda d: put(d)["responses"]["200"], **answer))
    also = edited(lambda d: put(d)["responses"]["200"]["content"].update(content))

    assert verdicts(base(), added) == {"status 201": "unknown"}
    assert verdicts(base(), changed) == {"status 200": "unknown"}
    assert verdicts(base(), also) == {"status 200, text/plain": "unknown"}


def test_request_body_without_example_is_unknown():
    optional = {"text/plain": {"schema": {"type": "string", "pattern": "^[a-f]{9}$"}}}
    old = edited(lambda d: put(d)["requestBody"]["content"].update(optional))

    assert verdicts(old, base()) == {"request body": "unknown"}


def test_unconfirmed_example_is_not_shown(monkeypatch):
    monkeypatch.setattr(_requests, "request_refusals", lambda *_: set())
    monkeypatch.setattr(_responses, "response_refusals", lambda *_: set())
    changed = edited(setting(field("size"), type="string"))

    assert verdicts(base(), changed) == {BODY: "unknown", ANSWER: "unknown"}


def test_recursive_body_has_an_example():
    def document(kind):
        document = base()
        thing(document)["properties"].update(
            inner={"$ref": "#/components/schemas/Thing"}, size={"type": kind}
        )
        return document

    assert verdicts(document("integer"), document("string")) == {
        BODY: "breaking",
        ANSWER: "breaking",
    }


def test_response_example_has_only_documented_members():
    (operation,) = operations(base()).values()
    answer = operation.answers["200"]
    body = {"id": "a1b2c3d4-e5f6-4890-abcd-ef1234567890", "state": "new"}

    def sent(headers, content_type="application/json"):
        return response_is_sent(answer, ResponseExample(200, headers, content_type, body))

    assert sent({"etag": "a"})
    assert not sent({})
    assert not sent({"etag": "a", "age": "1"})
    assert not sent({"etag": 1})
    assert not sent({"etag": "a"}, "text/plain")
