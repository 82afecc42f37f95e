"""``prolific-contract laws --coverage`` and the page ``docs/statements.md``."""

import json

import pytest
from project.tree import ROOT
from prolific_contract import Operation
from prolific_contract.cli import main
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.reports import _coverage as coverage
from prolific_contract.gate.statements import STATEMENTS, Statement


def statement(*operations, **fields):
    return Statement("api.access.x", "It is so.", "documents/003", operations, **fields)


@pytest.mark.parametrize(
    ("found", "scope"),
    [
        (statement(Operation("batch", "list")), "batch list"),
        (statement(Operation("batch", "list"), Operation("collection", "list")), "list"),
        (
            statement(
                Operation("batch", "list"), Operation("batch", "status"), editions=("2026-11",)
            ),
            "batch list, batch status; 2026-11",
        ),
    ],
)
def test_scope_names_a_kind_only_if_the_other_is_missing(found, scope):
    assert coverage.scope(found) == scope


def test_origin_has_documents_and_discrepancies():
    assert coverage.origin(statement(discrepancies=("D-4", "D-7"))) == "documents/003; D-4; D-7"


def test_text_lists_every_statement_with_its_laws_or_reason(capsys):
    assert main(["laws", "--coverage"]) == 0
    out = capsys.readouterr().out
    blocks = {block.splitlines()[0]: block for block in out.split("\n\n")[1:]}

    assert blocks.keys() == {one.id for one in STATEMENTS}
    for one in STATEMENTS:
        block = " ".join(blocks[one.id].split())
        assert one.says in block
        assert coverage.scope(one) in block
        assert one.source in block
        laws = f"laws {', '.join(one.laws)}" if one.laws else f"no law {one.unchecked}"
        assert block.endswith(laws)
    assert max(map(len, out.splitlines())) <= 96


def test_headline_counts_checked_and_unchecked_statements(capsys):
    main(["laws", "--coverage"])
    checked = sum(bool(one.laws) for one in STATEMENTS)

    assert " ".join(capsys.readouterr().out.split("\n\n")[0].split()) == (
        f"{len(STATEMENTS)} statements: {len(LAWS)} laws check {checked}, and "
        f"{len(STATEMENTS) - checked} have a reason why no law can check them"
    )


def test_json_relates_statements_and_laws_in_both_directions(capsys):
    assert main(["laws", "--coverage", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    statements = {one["id"]: one for one in found["statements"]}
    laws = {one["id"]: one["statements"] for one in found["laws"]}

    assert (found["format"], found["version"]) == ("prolific-contract coverage", 1)
    assert list(statements) == [one.id for one in STATEMENTS]
    assert list(laws) == [one.id for one in LAWS]
    for law_id, checked in laws.items():
        assert checked == [one.id for one in STATEMENTS if law_id in one.laws]
    assert statements["list.identity.own-jobs"] == {
        "id": "list.identity.own-jobs",
        "says": "The list has no jobs of another batch or collection.",
        "category": "identity",
        "operations": ["batch-list", "collection-list"],
        "editions": ["2026-11"],
        "source": "API reference, list export jobs",
        "discrepancies": [],
        "contract": [],
        "laws": ["isolation.list-scope"],
        "unchecked": None,
    }
    assert statements["archive.time.after-expiry"]["unchecked"]


def test_page_is_current(capsys):
    assert main(["laws", "--coverage", "--markdown"]) == 0
    out = capsys.readouterr().out

    assert (ROOT / "docs" / "statements.md").read_text(encoding="utf-8") == out, (
        "run `make regenerate`"
    )
    # Any terminal and any redirection can take it.
    assert out.isascii()


def test_page_counts_every_statement_in_its_category():
    page = coverage.render_markdown()
    rows = [line.strip("| ").split(" | ") for line in page.split("\n\n")[4].splitlines()[2:]]

    assert sum(int(count) for row in rows for count in row[1:]) == len(STATEMENTS)
    assert ["order", "1", "0"] in rows


@pytest.mark.parametrize("form", ["--json", "--markdown"])
def test_format_without_coverage_is_refused(form, capsys):
    assert main(["laws", form]) == 2
    assert capsys.readouterr().err == (
        f"prolific-contract: error: {form} is a format of the coverage: add --coverage\n"
    )


def test_coverage_of_one_law_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["laws", "shape.status", "--coverage"])
    assert ended.value.code == 2
    assert "--coverage: not allowed with argument ID" in capsys.readouterr().err


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
def test_explained_law_names_its_statements(law, capsys):
    assert main(["laws", law.id]) == 0
    printed = " ".join(capsys.readouterr().out.split())

    checked = ", ".join(one.id for one in STATEMENTS if law.id in one.laws)
    assert printed.endswith(f"statements {checked}")
