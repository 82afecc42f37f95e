"""Tables for Excel, SPSS and Stata, opened by programs that people use: LibreOffice, and R's haven.

Run by `make interop`, and skipped where these programs are missing (Debian: libreoffice-calc,
r-cran-haven).
"""

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from archive.builders import write_zip
from prolific_exports import Codebook, ExportArchive, Question
from prolific_exports._archive._codebook_file import write_codebook

pytestmark = [
    pytest.mark.skipif(not os.environ.get("PROLIFIC_INTEROP"), reason="make interop runs them"),
    pytest.mark.timeout(300),
]

OFFICE = shutil.which("soffice")
R = shutil.which("Rscript")
TEXTS = ["=1+1", "007", "12345678901234567890", "Größe, \U0001f600 سؤال\nnext line", None]
CHOICES = ["never", "every day", "=2*3", "never", None]
AMOUNTS = ["2.5", "10", "0.25", None, "7"]
QUESTIONS = {"t": "free_text", "c": "multiple_choice", "a": "free_text_with_unit"}
WORDINGS = {"t": "What is it? 名", "c": "How often?", "a": "How long?"}
LABELS = ["every day", "sometimes", "never", "=2*3"]
# Comma, quotes, UTF-8; cell contents as shown, each sheet in a file of its own.
CSV_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
DESCRIBE = """
library(haven)
file <- commandArgs(TRUE)[1]
frame <- if (grepl("sav$", file)) read_sav(file) else read_dta(file)
for (name in names(frame)) {
  column <- frame[[name]]
  labels <- attr(column, "labels")
  cat(name, attr(column, "label"), paste(names(labels), labels, sep = "=", collapse = "|"),
      sep = "\\t")
  cat("\\n")
}
write.csv(as_factor(frame), commandArgs(TRUE)[2], row.names = FALSE, fileEncoding = "UTF-8")
cat("class of created_at:", class(frame$created_at)[1], "\\n")
cat("missing:", sum(is.na(frame$q2_how_often)), sum(is.na(frame$q3_how_long)), "\\n")
"""


@pytest.fixture
def table(tmp_path):
    """A tidy table with a codebook that has an option which no answer has."""

    def answers(text, choice, amount):
        given = {
            "t": text is not None and {"value": text},
            "c": choice is not None and {"values": [choice]},
            "a": amount is not None and {"value": amount, "unit": "h"},
        }
        return {id_: {"type": QUESTIONS[id_], **one} for id_, one in given.items() if one}

    records = [
        {
            "submission_id": f"s{number}",
            "created_at": f"2026-03-19T10:30:0{number}Z",
            "responses": answers(*given),
        }
        for number, given in enumerate(zip(TEXTS, CHOICES, AMOUNTS, strict=True))
    ]
    instructions = [
        {"id": id_, "type": type_, "description": WORDINGS[id_]} for id_, type_ in QUESTIONS.items()
    ]
    members = {
        "c/responses.jsonl": b"".join(json.dumps(one).encode() + b"\n" for one in records),
        "c/collection.json": json.dumps({"instructions": instructions}).encode(),
    }
    question = Question(
        id="c", type=QUESTIONS["c"], options=("every day", "sometimes", "never"), answer_limit=1
    )
    write_codebook(
        Codebook(source="api", questions=(question,)),
        tmp_path / "data.codebook.json",
        overwrite=False,
    )
    return ExportArchive.open(write_zip(tmp_path / "data.zip", members)).table(shape="tidy")


def run(*command):
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows_of(path: Path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_shows_texts_as_they_are_and_all_sheets(table, tmp_path):
    table.write(tmp_path / "t.xlsx")
    profile = (tmp_path / "profile").as_uri()
    run(
        *(OFFICE, f"-env:UserInstallation={profile}", "--headless"),
        *("--convert-to", CSV_FILTER, "--outdir", tmp_path, tmp_path / "t.xlsx"),
    )
    data = rows_of(tmp_path / "t-data.csv")
    assert [row["q1_what_is_it"] or None for row in data] == TEXTS
    assert [row["q2_how_often"] or None for row in data] == CHOICES
    assert [float(row["q3_how_long"]) if row["q3_how_long"] else None for row in data] == [
        None if amount is None else float(amount) for amount in AMOUNTS
    ]
    assert data[0]["created_at"] == "2026-03-19 10:30:00"
    codebook = {row["column"]: row for row in rows_of(tmp_path / "t-codebook.csv")}
    assert codebook["q1_what_is_it"]["label"] == WORDINGS["t"]
    assert codebook["q2_how_often"]["categories"].split("\n") == LABELS
    summary = {row["about"]: row["value"] for row in rows_of(tmp_path / "t-summary.csv")}
    assert (summary["shape"], summary["rows"]) == ("tidy", "5")


@pytest.mark.skipif(R is None, reason="R is not installed")
@pytest.mark.parametrize("suffix", [".sav", ".dta"])
def test_haven_reads_values_labels_and_missing_values(table, tmp_path, suffix):
    table.write(tmp_path / f"t{suffix}")
    if subprocess.run([R, "-e", "library(haven)"], capture_output=True, check=False).returncode:
        pytest.skip("R has no package haven")
    described = run(R, "-e", DESCRIBE, tmp_path / f"t{suffix}", tmp_path / "t.csv")
    about = dict(
        line.split("\t", 1) for line in described.splitlines() if line.startswith(("q", "absent"))
    )
    assert about["q1_what_is_it"].split("\t")[0] == WORDINGS["t"]
    labels = "|".join(f"{label}={code}" for code, label in enumerate(LABELS, 1))
    assert about["q2_how_often"] == f"{WORDINGS['c']}\t{labels}"
    assert about["q3_how_long"].split("\t")[0] == f"{WORDINGS['a']} [h]"
    assert "class of created_at: POSIXct" in described
    assert "missing: 1 1" in described
    data = rows_of(tmp_path / "t.csv")
    # These formats have no missing texts.
    assert [row["q1_what_is_it"] for row in data] == [text or "" for text in TEXTS]
    assert [row["q2_how_often"] for row in data] == [choice or "NA" for choice in CHOICES]
    assert [row["q3_how_long"] for row in data] == [amount or "NA" for amount in AMOUNTS]
    assert data[0]["created_at"].startswith("2026-03-19 10:30:00")
