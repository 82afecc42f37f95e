"""The recipes run as they stand, on archives of the sandbox, and the documentation shows them."""

import ast
import io
import re
import runpy
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from matplotlib import pyplot as plt
from PIL import Image
from prolific_contract.sandbox import ArchiveSpec, write_archive
from prolific_exports import ExportArchive, MultipleChoice, summarise

ROOT = Path(__file__).parents[2]
RECIPES = [
    "value_counts",
    "cross_table",
    "plots",
    "demographics",
    "agreement",
    "contact_sheet",
    "spss_file",
]
OFTEN, OWNS = "How often do you cook at home?", "Which of these do you own? Choose all that apply."


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recipes")
    for kind, name, resource_id in (
        ("collection", "data.zip", "65f0c1d2e3a4b5c6d7e8f901"),
        ("batch", "batch.zip", "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b"),
    ):
        spec = ArchiveSpec(
            kind=kind,
            resource_id=resource_id,
            exported_at=datetime(2026, 3, 20, 10, 30, tzinfo=UTC),
            submissions=25,
            files=6,
            seed=1,
        )
        with (folder / name).open("wb") as target:
            write_archive(spec, target)
    return folder


@pytest.fixture
def run(archives, monkeypatch, capsys):
    """Runs a recipe beside its archives; returns what it printed."""
    monkeypatch.chdir(archives)
    plt.switch_backend("agg")

    def run(name):
        runpy.run_path(str(ROOT / "examples" / f"{name}.py"))
        return capsys.readouterr().out

    return run


@pytest.fixture
def records(archives):
    return list(ExportArchive.open(archives / "data.zip").responses())


def chosen(record, wording):
    """The options that a submission chose."""
    for response in record.responses.values():
        if isinstance(response, MultipleChoice) and response.description == wording:
            return list(response.values)
    return []


def table(text):
    """The cells of a printed table, without its names, by row and column."""
    head, _, *lines = text.splitlines()
    columns = head.split()[1:]
    rows = [re.split(r"\s{2,}", line.strip()) for line in lines]
    return {
        (row[0], column): float(cell)
        for row in rows
        for column, cell in zip(columns, row[1:], strict=True)
    }


def test_value_counts_are_those_of_the_records(run, records):
    output = run("value_counts")

    for option, count in Counter(o for r in records for o in chosen(r, OFTEN)).items():
        assert re.search(rf"(?m)^{option} +{count}$", output)
    for option, count in Counter(o for r in records for o in chosen(r, OWNS)).items():
        assert re.search(rf"(?m)^q4_{option.lower().replace(' ', '_')} +{count}$", output)


def test_cross_table_counts_pairs(run, records):
    counts, shares = re.split(r"\n(?=q4_microwave)", run("cross_table"))
    expected = Counter(
        (often, str(int("Microwave" in chosen(record, OWNS))))
        for record in records
        for often in chosen(record, OFTEN)
        if chosen(record, OWNS)
    )

    assert {pair: count for pair, count in table(counts).items() if count} == expected
    assert sum(share for (_, own), share in table(shares).items() if own == "1") == pytest.approx(
        1, abs=0.03
    )


def test_every_question_with_options_has_a_plot(run, archives):
    run("plots")

    assert len(plt.get_fignums()) == 3
    plt.close("all")
    expected = {
        f"q{number}.png"
        for number, one in enumerate(summarise(ExportArchive.open("data.zip")).instructions, 1)
        if one.choices
    }
    assert {path.name for path in archives.glob("q*.png")} == expected
    for name in expected:
        with Image.open(name) as image:
            assert len(image.convert("RGB").getcolors(1 << 20)) > 2


def test_demographics_are_joined_by_participant(run, records, archives):
    people = sorted({record.participant_id for record in records})
    sex = {person: ("Female", "Male")[number % 2] for number, person in enumerate(people)}
    export = pd.DataFrame(
        {
            "Submission id": range(len(people)),
            "Participant id": people,
            "Status": "APPROVED",
            "Age": 30,
            "Sex": [sex[person] for person in people],
        }
    )
    export.to_csv(archives / "demographics.csv", index=False)

    found = table(run("demographics"))

    expected = Counter((o, sex[r.participant_id]) for r in records for o in chosen(r, OFTEN))
    assert {pair: count for pair, count in found.items() if count} == expected


def kappa(ratings):
    """Fleiss' kappa of lists of ratings, by its definition, and the share of agreeing pairs."""
    several = [one for one in ratings if len(one) > 1]
    agreed = [
        sum(a == b for i, a in enumerate(one) for j, b in enumerate(one) if i != j)
        / (len(one) * (len(one) - 1))
        for one in several
    ]
    every = Counter(rating for one in several for rating in one)
    by_chance = sum((count / every.total()) ** 2 for count in every.values())
    mean = sum(agreed) / len(agreed)
    return mean, (mean - by_chance) / (1 - by_chance)


def test_agreement_is_fleiss_kappa(run):
    output = run("agreement")

    frame = ExportArchive.open("batch.zip").to_pandas()
    frame = frame[frame["description"] == "How helpful is the answer?"]
    ratings = [list(one) for _, one in frame.groupby("task_id")["option"]]
    agreed, expected = kappa(ratings)
    assert output == f"{agreed:.1%} agree, kappa {expected:.3f}\n"
    assert kappa([["a", "a"], ["b", "b"]]) == (1, 1)


def test_contact_sheet_has_all_photos(run, archives):
    run("contact_sheet")

    archive = ExportArchive.open("data.zip")
    photos = [one for one in archive.files if one.name.endswith((".jpg", ".png"))]
    with Image.open(archives / "contact-sheet.jpg") as sheet:
        assert sheet.size == (1000, 200)
        for number in range(5):
            square = sheet.crop((number * 200, 0, number * 200 + 200, 200)).resize((1, 1))
            is_white = min(square.getpixel((0, 0))) > 250
            assert is_white == (number >= len(photos))
    assert 0 < len(photos) < 5


def test_spss_file_has_labels(run, records):
    assert run("spss_file") == f"data.sav: {len(records)} rows, 0 texts cut\n"

    frame, about = pyreadstat.read_sav("data.sav")
    name = next(one for one in frame.columns if one.startswith("q3_"))
    assert len(frame) == len(records)
    assert about.column_names_to_labels[name] == OFTEN
    assert set(about.variable_value_labels[name].values()) == {
        o for r in records for o in chosen(r, OFTEN)
    }


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_has_at_most_ten_lines(name):
    text = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
    code = text.removeprefix(f'"""{ast.get_docstring(ast.parse(text))}"""\n')

    assert code != text
    assert len([line for line in code.splitlines() if line]) <= 10


def test_documentation_shows_the_recipes_as_they_are():
    text = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
    shown = re.findall(r"(?ms)^<!-- examples/(\w+)\.py -->\n```python\n(.*?)^```", text)

    assert [name for name, _ in shown] == RECIPES
    for name, code in shown:
        assert code == (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8"), name
    assert io.StringIO(text).readline() == "# Recipes\n"
