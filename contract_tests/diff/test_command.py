"""``prolific-contract diff`` and ``prolific-contract import --check``, as they are typed."""

import json

import pytest
from prolific_contract.cli import main
from prolific_contract.diff import ContractComparison, Finding, OperationDiff, _reading, compare
from prolific_contract.diff._contract import OperationKey
from prolific_contract.spec import dump_yaml, load_contract, load_sources
from prolific_contract.spec._components import drop_unreachable
from prolific_contract.spec._overlay import apply, parse_overlay, select

from diff.documents import PATH, base, field, of_schema, put, thing


@pytest.fixture
def write(tmp_path):
    def write(name, document):
        path = tmp_path / name
        path.write_text(dump_yaml(document), encoding="utf-8")
        return str(path)

    return write


def related():
    """The small contract, and it with a verdict of each kind."""
    compatible, unknown, breaking = base(), base(), base()
    thing(compatible)["properties"]["colour"] = {"type": "string"}
    put(unknown)["parameters"][1]["explode"] = False
    field(breaking, "size")["type"] = "string"
    return {"same": base(), "compatible": compatible, "unknown": unknown, "breaking": breaking}


@pytest.mark.parametrize(
    ("verdict", "failing"),
    [
        ("same", set()),
        ("compatible", {"any"}),
        ("unknown", {"any", "unknown"}),
        ("breaking", {"any", "unknown", "breaking", None}),
    ],
)
@pytest.mark.parametrize("fail_on", [None, "breaking", "unknown", "any"])
def test_exit_code_follows_the_worst_verdict(monkeypatch, verdict, failing, fail_on):
    compared = ContractComparison("old", "new", ((of_verdict(verdict), ()),))
    monkeypatch.setattr("prolific_contract.diff.read_contract", lambda source: source)
    monkeypatch.setattr("prolific_contract.diff.comparison", lambda *_, **__: compared)

    arguments = ["--fail-on", fail_on] if fail_on else []
    assert main(["diff", "old.yaml", "new.yaml", *arguments]) == int(fail_on in failing)


def of_verdict(verdict):
    findings = (Finding("status 200", verdict, "changed"),)
    return OperationDiff(OperationKey("GET", "/"), "/", None, None, findings)


def test_text_report_shows_breaking_changes(write, capsys):
    old, new = write("old.yaml", base()), write("new.yaml", related()["breaking"])

    main(["diff", old, new])

    out = capsys.readouterr().out.splitlines()
    assert out[:2] == [f"from  {old}", f"to    {new}"]
    assert out[3] == f"breaking    PUT {PATH}"
    assert out[4].startswith(
        "  breaking    request body, application/json: some bodies are no longer accepted: /size: "
    )
    assert '"size": 1}' in out[5]
    assert out[-1] == "1 operation: 1 breaking"


def test_example_is_shown_once(write, capsys):
    old, new = related()["same"], related()["breaking"]
    for document in (old, new):
        document["paths"][PATH]["post"] = put(document)
    main(["diff", write("old.yaml", old), write("new.yaml", new)])

    out = capsys.readouterr().out
    assert out.count("example: {") == 2
    assert out.count(f"example: see POST {PATH}") == 2


def of_paths(**schemas):
    """The small contract with a path parameter whose schema depends on the method."""
    document = base()
    document["paths"][PATH] = {method: put(base()) for method in schemas}
    for method, schema in schemas.items():
        document["paths"][PATH][method]["parameters"][0]["schema"] = {"type": "string", **schema}
    return document


@pytest.mark.parametrize(
    ("schemas", "shown_again"),
    [
        ({"get": {"maxLength": 0}, "post": {"minLength": 3}}, 0),
        ({"get": {"minLength": 3}, "post": {"minLength": 3}}, 1),
    ],
)
def test_path_example_is_shown_with_its_path(write, capsys, schemas, shown_again):
    old, new = of_paths(**{method: {} for method in schemas}), of_paths(**schemas)
    main(["diff", write("old.yaml", old), write("new.yaml", new)])

    out = capsys.readouterr().out
    assert out.count("path parameter thing_id: ") == 2
    assert out.count("example: {") == 2 - shown_again
    assert out.count(f"example: see GET {PATH}") == shown_again


def test_each_removed_operation_has_its_own_example(write, capsys):
    old, new = base(), base()
    old["paths"][PATH]["post"] = old["paths"][PATH]["delete"] = put(base())
    main(["diff", write("old.yaml", old), write("new.yaml", new)])

    out = capsys.readouterr().out
    assert out.count('example: {"method": "POST"') == out.count('example: {"method": "DELETE"') == 1
    assert "example: see" not in out


def test_compatible_change_is_reported_once(write, capsys):
    old, new = base(), base()
    methods = ["get", "post", "patch", "delete", "head"]
    for document in (old, new):
        document["paths"] = {PATH: {method: put(base()) for method in methods}}
    for operation in new["paths"][PATH].values():
        operation["responses"]["429"] = {"description": "Too Many Requests"}
    main(["diff", write("old.yaml", old), write("new.yaml", new)])
    everywhere = capsys.readouterr().out.splitlines()
    new["paths"][PATH]["head"] = old["paths"][PATH]["head"]
    main(["diff", write("old.yaml", old), write("new.yaml", new)])
    in_some = capsys.readouterr().out.splitlines()

    change = next(line for line in everywhere if "status 429: is a new response" in line)
    after = everywhere.index(change) + 1
    assert everywhere[after] == "      in 5 operations"
    assert sum("status 429" in line for line in everywhere) == 1
    after = in_some.index(change) + 1
    assert in_some[after : after + 4] == [
        f"      {method.upper()} {PATH}" for method in ("delete", "get", "patch", "post")
    ]
    assert in_some[-1] == "5 operations: 4 compatible, 1 same"


def test_compatible_change_has_no_example(write, capsys):
    files = write("old.yaml", base()), write("new.yaml", related()["unknown"])

    assert main(["diff", *files]) == 0
    assert "  unknown     query parameter limit: is serialized " in capsys.readouterr().out
    assert main(["diff", "--json", *files]) == 0
    (operation,) = json.loads(capsys.readouterr().out)["operations"]
    assert operation["findings"][0].keys() == {"where", "verdict", "sentence"}


def test_unchanged_contract_is_one_line(write, capsys):
    main(["diff", write("old.yaml", base()), write("new.yaml", base())])

    assert capsys.readouterr().out.splitlines()[3:] == ["1 operation: 1 same"]


def test_json_report_shows_breaking_changes(write, capsys):
    old, new = write("old.yaml", base()), write("new.yaml", related()["breaking"])

    assert main(["diff", "--json", old, new]) == 1

    report = json.loads(capsys.readouterr().out)
    (operation,) = report.pop("operations")
    findings = operation.pop("findings")
    assert report == {
        "old": old,
        "new": new,
        "verdict": "breaking",
        "operations_by_verdict": {"breaking": 1, "unknown": 0, "compatible": 0, "same": 0},
    }
    assert operation == {"method": "PUT", "path": PATH, "verdict": "breaking"}
    assert [finding["where"] for finding in findings] == [
        "request body, application/json",
        "status 200, application/json",
    ]
    assert findings[1]["example"]["body"]["size"] == "text"
    assert "client" not in findings[1]


@pytest.mark.parametrize(
    "command", [("diff",), ("diff", "--json"), ("import", "--check", "--output")]
)
def test_url_secrets_are_not_printed(write, capsys, monkeypatch, command):
    breaking = dump_yaml(related()["breaking"]).encode()
    monkeypatch.setattr(_reading, "_fetch", lambda *_: breaking)
    url = "https://user:s3cret@example.com/openapi.yaml?token=s3cret"

    assert main([*command, write("old.yaml", base()), url]) == 1
    printed = "".join(capsys.readouterr())
    assert "example.com/openapi.yaml" in printed
    assert "s3cret" not in printed


def test_both_reports_show_client_findings(tmp_path, write, capsys):
    path = "/api/v1/data-collection/batches/{batch_id}/export/{export_id}"
    old, new = load_contract(), load_contract()
    for document in (old, new):
        document["paths"] = {path: {"get": document["paths"][path]["get"]}}
        drop_unreachable(document)
    new["components"]["schemas"]["BatchExportFailedStatus"]["enum"] = ["failed", "expired"]
    files = write("old.yaml", old), write("new.yaml", new)
    client = "our client raises UnknownStatusError, for /status"

    main(["diff", *files])
    assert f"client: {client}\n" in capsys.readouterr().out
    main(["diff", *files, "--json"])
    (operation,) = json.loads(capsys.readouterr().out)["operations"]
    assert [finding["client"] for finding in operation["findings"]] == [client]


def test_incomparable_documents_exit_with_2(write, tmp_path, capsys):
    good = write("good.yaml", base())
    bad = write("bad.yaml", of_schema({"type": "string", "pattern": "("}))

    assert main(["diff", good, str(tmp_path / "none.yaml")]) == 2
    assert main(["diff", bad, write("other.yaml", of_schema({"type": "string"}))]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert "none.yaml can't be read" in errors[0]
    assert "invalid schema in the contract" in errors[1]


AREA = "/api/v1/data-collection"
# The paths that the two pairs differ in, without those that repeat them.
PATHS = (
    "/batches/{batch_id}",
    "/batches/{batch_id}/export",
    "/batches/{batch_id}/export/{export_id}",
    "/collections/{collection_id}/export",
    "/collections/{collection_id}/export/{export_id}",
    "/datasets/{dataset_id}",
    "/datasets/{dataset_id}/datapoints",
)


def contract(edition=None, *, overlaid=True):
    """The contract of an edition, as the build gives it, in these paths."""
    upstream, overlay = load_sources()
    if overlaid:
        upstream = apply(upstream, select(parse_overlay(overlay), edition))
    paths = {f"{AREA}{path}": upstream["paths"][f"{AREA}{path}"] for path in PATHS}
    return {**upstream, "paths": paths}


def verdicts(old, new):
    """Places and their verdicts by operation."""
    found = {}
    for diff in compare(old, new):
        for finding in diff.findings:
            operation = diff.title.replace(AREA, "")
            found.setdefault(operation, {}).setdefault(finding.where, []).append(finding.verdict)
    assert "unknown" not in str(found)
    return found


def test_comparison_of_the_two_editions():
    march, november = contract("2026-03"), contract("2026-11")

    forth, back = verdicts(march, november), verdicts(november, march)

    for kind in ("batches/{batch_id}", "collections/{collection_id}"):
        # POST always answers 202 now; a client of November does not know 200.
        assert forth[f"POST /{kind}/export"]["status 200"] == ["compatible"]
        assert back[f"POST /{kind}/export"]["status 200"] == ["breaking"]
        assert f"GET /{kind}/export/{{export_id}}" not in forth
        # Jobs can be listed and deleted now, and exports filtered.
        for operation in (f"GET /{kind}/export", f"DELETE /{kind}/export/{{export_id}}"):
            assert forth[operation] == {"operation": ["compatible"]}
            assert back[operation] == {"operation": ["breaking"]}
        for name in ("study_id", "from", "to"):
            assert forth[f"POST /{kind}/export"][f"query parameter {name}"] == ["compatible"]
    # New kinds of fields and instructions may arrive where March knows none.
    answer, body = "status 200, application/json", "request body, application/json"
    assert forth["GET /datasets/{dataset_id}"][answer] == ["breaking"]
    assert forth["PATCH /datasets/{dataset_id}"][body] == ["compatible"]
    assert back["PATCH /datasets/{dataset_id}"][body] == ["breaking"]
    assert forth["GET /batches/{batch_id}"][answer] == ["breaking"]


def test_comparison_of_contract_and_source():
    found = verdicts(contract(overlaid=False), contract())

    # D-1: 202 is missing from the published document.
    assert found["POST /batches/{batch_id}/export"]["status 202"] == ["breaking"]
    # D-16: a version is a number too; D-25: records are lines.
    answer = "status 200, application/json"
    assert found["GET /datasets/{dataset_id}"][answer] == ["breaking"]
    assert "breaking" in found["POST /datasets/{dataset_id}/datapoints"]["request body"]
    # The token is a parameter there and a scheme here.
    assert not [where for findings in found.values() for where in findings if where == "security"]


def test_check_of_imported_document_prints_nothing(write, capsys):
    upstream, _ = load_sources()

    assert main(["import", "--check", write("published.yaml", upstream)]) == 0
    assert capsys.readouterr().out.startswith("openapi/upstream.yaml is up to date with ")


def test_check_reports_upstream_changes(write, capsys):
    imported = write("upstream.yaml", base())
    published = write("published.yaml", related()["breaking"])
    main(["import", "--output", imported, write("first.yaml", base())])
    capsys.readouterr()

    assert main(["import", "--check", "--output", imported, published]) == 1

    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == "1 operation: 1 breaking"
    assert err.startswith(f"{imported} is out of date with {published}")


def test_check_reports_renamed_components(write, capsys):
    imported = write("upstream.yaml", base())
    renamed = base()
    put(renamed)["operationId"] = "replaceThing"
    main(["import", "--output", imported, write("first.yaml", base())])

    assert main(["import", "--check", "--output", imported, write("new.yaml", renamed)]) == 1
    assert "only names, order or servers changed" in capsys.readouterr().out


def test_check_without_imported_file_fails(write, capsys):
    assert main(["import", "--check", "--output", "-", write("published.yaml", base())]) == 2
    assert "--check needs a file to compare with" in capsys.readouterr().err
