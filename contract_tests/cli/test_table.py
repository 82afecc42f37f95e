"""``prolific-exports table`` and ``download --table``."""

import json
from pathlib import Path

import pytest
from archive.builders import collection_members, write_zip
from helpers import api
from helpers.command import interrupt
from prolific_exports import ArchiveError, ExportArchive, ResponseTable
from prolific_exports._console._shell import command_line


def test_table_writes_the_file_and_prints_its_path(cli, folder, export):
    outcome = cli("table", "export.zip", "out.jsonl")
    assert (outcome.code, outcome.out, outcome.err) == (0, "out.jsonl\n", "out.jsonl: 2 rows\n")
    lines = (folder / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["value"] for line in lines] == ["Something", None]
    assert cli("table", "export.zip", "out.jsonl").code == 1
    outcome = cli("table", "export.zip", "out.jsonl", "--overwrite", "--quiet", "--shape", "wide")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads((folder / "out.jsonl").read_text("utf-8"))["Say something"] == "Something"


def test_table_of_several_archives_extracts_their_files(cli, folder, export):
    outcome = cli("table", "export.zip", "export.zip", "out.parquet", "--files", "up")
    assert (outcome.code, outcome.err) == (0, "out.parquet: 4 rows\n")
    assert (folder / "up/2/files/sub1_i2_0.jpg").exists()


def test_table_reports_undocumented_values_and_escaped_formulas(cli, folder):
    odd = {"responses": {"i": {"type": "free_text", "value": "=1", "new": 1}}}
    write_zip(folder / "x.zip", collection_members(odd))
    assert cli("table", "x.zip", "o.csv").err == (
        "o.csv: 1 row; 1 row with undocumented values, kept in the column extra; "
        "1 formula escaped as text (see --formulas in prolific-exports table --help)\n"
    )
    assert "formula" not in cli("table", "x.zip", "p.csv", "--formulas", "keep").err


def test_table_unknown_format_exits_with_2(cli, folder, export):
    outcome = cli("table", "export.zip", "out.ods")
    assert (outcome.code, outcome.out) == (2, "")
    assert ".parquet, .csv, .jsonl, .arrow" in outcome.err


ID = api.COLLECTION


@pytest.fixture
def served(router):
    router.post(api.post_url("collection")).mock(return_value=api.generating())
    router.get(api.get_url("collection")).mock(return_value=api.complete())
    return router.get(url__startswith=api.STORE).mock(return_value=api.stored())


def test_download_table_writes_the_table_and_prints_its_path(cli, folder, served):
    outcome = cli("download", "collection", ID, "-o", "x.zip", "--table", "out.parquet")
    assert (outcome.code, outcome.out) == (0, "x.zip\nout.parquet\n")
    assert "out.parquet: " in outcome.err
    assert (folder / "out.parquet").exists()
    options = ("--table", "out.parquet", "--json", "--quiet", "--overwrite")
    outcome = cli("download", "collection", ID, "-o", "x.zip", *options)
    assert outcome.json["table"] == "out.parquet"
    summary = outcome.json["table_summary"]
    assert (summary["path"], summary["seconds"]) == ("out.parquet", 0.0)
    assert summary["rows"] > 0
    assert outcome.json["error"] is None
    assert outcome.err == ""


def test_download_table_that_cannot_be_written_sends_nothing(cli, folder, router):
    (folder / "there.csv").touch()
    for name, code in (("x.ods", 2), ("there.csv", 1)):
        assert cli("download", "collection", ID, "--table", name).code == code
    assert not router.calls


@pytest.mark.parametrize(
    ("options", "table", "option"),
    [
        (["-o", "r.csv"], "r.csv", "--output"),
        (["-o", "r.csv"], "x/../r.csv", "--output"),
        (["-o", "there/r.csv"], "link/r.csv", "--output"),
        (["-o", "r.csv/"], "r.csv", "--output"),
        (["-o", "r.csv/deep/"], "r.csv", "--output"),
        (["-o", "r.zip", "--extract", "r.csv"], "r.csv", "--extract"),
        (["x.csv", "--extract", "data"], "data/x.csv", "--extract"),
    ],
)
def test_download_table_at_the_path_of_the_download_sends_nothing(
    cli, folder, router, options, table, option
):
    (folder / "there").mkdir()
    try:
        (folder / "link").symlink_to("there", target_is_directory=True)
    except OSError:
        pytest.skip("the system does not let everybody make links")
    outcome = cli("download", "collection", ID, *options, "--table", table, "--overwrite", "--json")
    assert outcome.code == 2
    message = f"--table {table} would replace what {option} saves"
    assert message in outcome.json["error"]["message"]
    assert not router.calls


@pytest.mark.parametrize(
    ("options", "table"),
    [
        (["-o", "out/"], "out/all.csv"),
        (["-o", "new/out/"], "new/all.csv"),
        (["-o", "x.zip", "--extract", "data"], "data/all.csv"),
    ],
)
def test_download_table_in_a_folder_that_the_download_creates(cli, folder, served, options, table):
    assert cli("download", "collection", ID, *options, "--table", table).code == 0
    assert (folder / table).exists()


@pytest.mark.parametrize("options", [["-o", "none/x.zip"], ["-o", "out/"], []])
@pytest.mark.parametrize("table", ["none/out.csv", "none/../out.csv", "a-file/out.csv"])
def test_download_table_in_a_missing_folder_sends_nothing(cli, folder, router, options, table):
    (folder / "a-file").touch()
    outcome = cli("download", "collection", ID, *options, "--table", table)
    assert outcome.code == 2
    assert (
        f"--table {table}: the folder {Path(table).parent} does not exist. Create it" in outcome.err
    )
    assert not router.calls


def test_table_does_not_replace_its_archive(cli, folder, export):
    content = export.read_bytes()
    export.rename(folder / "export.csv")
    outcome = cli("table", "export.csv", "./export.csv", "--overwrite")
    assert (outcome.code, outcome.out) == (2, "")
    assert "export.csv is an archive that the table is made from" in outcome.err
    assert (folder / "export.csv").read_bytes() == content


@pytest.mark.parametrize(
    ("options", "command"),
    [
        (("-o", "x.zip", "--table", "out.csv"), "x.zip out.csv"),
        (("-o=-x.zip", "--table=-out.csv"), "./-x.zip ./-out.csv"),
        (
            ("-o", "x.zip", "--table", "out.csv", "--overwrite", "--quiet"),
            "x.zip out.csv --overwrite --quiet",
        ),
    ],
)
def test_download_table_failure_keeps_the_archive_and_suggests_table(
    cli, folder, served, monkeypatch, options, command
):
    def full(self, *arguments, **options):
        raise ArchiveError("The disk is full.")

    if "--overwrite" in options:
        (folder / "out.csv").touch()
    with monkeypatch.context() as patched:
        patched.setattr(ResponseTable, "write", full)
        outcome = cli("download", "collection", ID, *options, "--json")
    assert outcome.code == 1
    assert outcome.json["results"][0]["status"] == "saved"
    assert outcome.json["table"] is None
    assert outcome.json["error"]["type"] == "ArchiveError"
    advice = outcome.err.splitlines()[-1]
    assert advice == f"To write it, run: prolific-exports table {command}"
    outcome = cli(*advice.split()[5:])
    assert outcome.code == 0
    assert ("--quiet" in command) == (outcome.err == "")


def test_download_interrupt_writes_no_table(cli, folder, served, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(ExportArchive, "extract", interrupt)
        options = ("-o", "x.zip", "--extract", "data", "--table", "out.csv", "--quiet")
        outcome = cli("download", "collection", ID, *options)
    assert (outcome.code, outcome.out) == (130, "x.zip\n")
    assert not (folder / "out.csv").exists()
    assert outcome.err.splitlines() == [
        "prolific-exports: error: interrupted",
        "To extract it, run: prolific-exports extract x.zip data",
        "The table was not written.",
        "To write it, run: prolific-exports table x.zip out.csv --quiet",
    ]


def test_download_failure_writes_no_table(cli, folder, served):
    (folder / "x.zip").touch()
    outcome = cli("download", "collection", ID, "-o", "x.zip", "--table", "out.csv")
    assert outcome.code == 1
    assert outcome.err.splitlines()[-1] == (
        "The table was not written because archives are missing."
    )
    assert not (folder / "out.csv").exists()


def polled_twice():
    answers = iter([api.generating(), api.generating()])

    def answer(_request):
        return next(answers, None) or interrupt()

    return answer


@pytest.fixture
def interrupted_at(router, served):
    """Lets the user press Ctrl-C during the third poll of these ids; others are downloaded."""

    def interrupted_at(*ids, saved=()):
        for one in (*ids, *saved):
            path = f"{api.BASE}/api/v1/data-collection/collections/{one}/export"
            router.post(path).mock(return_value=api.generating())
            # The clock moves on only when nothing else can be done.
            answer = polled_twice() if one in ids else lambda _request: api.complete()
            router.get(f"{path}/{api.EXPORT_ID}").mock(side_effect=answer)

    return interrupted_at


WITH_TABLE = ("-o", "out", "--table=-all.csv", "--overwrite")


def test_download_interrupt_suggests_the_table_of_all_archives(cli, folder, served, interrupted_at):
    interrupted_at("b", "c", saved="a")
    outcome = cli("download", "collection", "a", "b", "c", *WITH_TABLE)
    assert outcome.code == 130
    saved = outcome.out.strip()
    assert outcome.err.splitlines()[-3:] == [
        "To resume, run: prolific-exports download collection b c --output out --overwrite",
        "The table was not written because archives are missing.",
        "To write it once you have all archives, run (with a path for each ZIP): "
        + command_line(
            ["prolific-exports", "table", saved, "ZIP", "ZIP", "./-all.csv", "--overwrite"]
        ),
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["out"]


def test_download_transient_failure_suggests_the_table_of_all_archives(cli, served, interrupted_at):
    good = iter([api.stored()])
    served.mock(side_effect=lambda _request: next(good, api.stored(b"no archive")))
    interrupted_at(saved="bc")
    outcome = cli("download", "collection", "b", "c", *WITH_TABLE)
    assert outcome.code == 1
    line = outcome.err.splitlines()[-1]
    assert line.startswith("To write it once you have all archives, run (with a path for each ZIP)")
    assert line.endswith(" ./-all.csv --overwrite")
    assert line.count("ZIP") == 2


@pytest.mark.parametrize("ids", [("a",), ("a", "b")])
def test_download_command_for_all_ids_includes_the_table(cli, served, interrupted_at, ids):
    interrupted_at(*ids)
    outcome = cli("download", "collection", *ids, *WITH_TABLE)
    command, table = outcome.err.splitlines()[-2:]
    assert command.startswith("To resume, run: prolific-exports download collection a")
    assert "--table=-all.csv" in command
    assert table == "The table was not written because archives are missing."


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
@pytest.mark.parametrize("command", ["table", "download"])
def test_statistics_files_are_tidy_by_default(cli, folder, export, served, suffix, command):
    if command == "table":
        outcome = cli("table", "export.zip", f"o{suffix}")
    else:
        outcome = cli("download", "collection", ID, "--table", f"o{suffix}")
    assert outcome.code == 0
    assert f"o{suffix}: 1 row\n" in outcome.err
    assert (folder / f"o{suffix}").stat().st_size > 0


def test_statistics_file_of_another_shape_exits_with_2(cli, folder, export):
    outcome = cli("table", "export.zip", "o.sav", "--shape", "long")
    assert outcome.code == 2
    assert "(--shape tidy)" in outcome.err


def test_tidy_table_reports_what_does_not_fit_and_what_was_cut(cli, folder):
    answers = {
        "i1": {"type": "free_text", "value": "x" * 3000},
        "i2": {"type": "free_text", "value": "not a file"},
    }
    write_zip(folder / "x.zip", collection_members({"submission_id": "s", "responses": answers}))
    outcome = cli("table", "x.zip", "o.dta", "--json")
    assert outcome.err == (
        "o.dta: 1 row; 1 text cut to the limit of the format; "
        "1 answer not in the columns as a whole; the long shape has everything\n"
    )
    assert (outcome.json["table"]["cut"], outcome.json["table"]["unfit"]) == (1, 1)


def test_table_with_unanswered_questions_has_rows_for_them(cli, folder):
    described = {"instructions": [{"id": "i1", "type": "free_text"}]}
    members = {
        "c/responses.jsonl": b'{"responses": {}}\n',
        "c/collection.json": json.dumps(described).encode(),
    }
    write_zip(folder / "data.zip", members)
    assert cli("table", "data.zip", "a.csv", "--json").json["table"]["rows"] == 1
    assert cli("table", "data.zip", "b.csv", "--missing", "--json").json["table"]["rows"] == 2
    wrong = cli("table", "data.zip", "c.csv", "--missing", "--shape", "wide")
    assert (wrong.code, wrong.out) == (2, "")
    assert "missing (--missing) is for the long shape" in wrong.err
