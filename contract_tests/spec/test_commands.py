"""The subcommands import, build and generate, as they are typed."""

import io

import pytest
from project.tree import ROOT
from prolific_contract.cli import main
from prolific_contract.spec import (
    _generate,
    build_with_proof,
    dump_yaml,
    import_document,
    load_document,
    load_yaml,
)
from prolific_contract.spec._files import read_text

OPENAPI = ROOT / "openapi"
PUBLISHED = """\
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /api/v1/data-collection/a:
    get:
      summary: prose
      responses:
        200: {description: prose}
"""


OVERLAY = """\
overlay: 1.0.0
info: {title: t, version: "1"}
actions:
  - target: $.paths.*.get
    update:
      summary: Get it.
      responses:
        "200":
          content:
            application/json:
              schema: {oneOf: [{type: string}, {type: "null"}]}
    x-evidence: {document: documents/004, discrepancy: D-1}
  - target: $.components.schemas
    update: {Unused: {type: string}}
    x-evidence: {document: documents/004}
  - target: $.paths.*.get
    update: {deprecated: true}
    x-edition: 2026-11
    x-evidence: {document: documents/004}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A small checkout, so that no command writes into this one."""
    openapi = tmp_path / "openapi"
    openapi.mkdir()
    (tmp_path / "published.yaml").write_text(PUBLISHED, encoding="utf-8")
    upstream = {**import_document(PUBLISHED), "components": {"schemas": {}}}
    (openapi / "upstream.yaml").write_text(dump_yaml(upstream), encoding="utf-8")
    (openapi / "overlay.yaml").write_text(OVERLAY, encoding="utf-8")
    (openapi / "generator.yaml").write_text("{}", encoding="utf-8")
    (openapi / "prolific.yaml").write_text(built(openapi).render(), encoding="utf-8")
    monkeypatch.setattr("prolific_contract.spec._files._CHECKOUT", tmp_path)
    return tmp_path


UPDATE = "run the command without --check to update it"


def built(openapi, edition=None):
    return build_with_proof(
        load_document(openapi / "upstream.yaml"), load_document(openapi / "overlay.yaml"), edition
    )


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


class TestImport:
    def test_import_writes_the_structure_with_its_rule_in_the_header(self, here, capsys):
        code, out, _ = run(capsys, "import", here / "published.yaml")

        text = read_text(here / "openapi" / "upstream.yaml")
        assert code == 0
        assert "upstream.yaml: 1 paths imported" in out
        assert text.startswith("# Written by `prolific-contract import`")
        assert load_yaml(text, source="x") == import_document(PUBLISHED)

    def test_import_writes_to_the_given_file(self, tmp_path, capsys):
        (tmp_path / "published.yaml").write_text(PUBLISHED, encoding="utf-8")

        code, out, _ = run(
            capsys, "import", tmp_path / "published.yaml", "--output", tmp_path / "new" / "x.yaml"
        )
        assert code == 0
        assert (tmp_path / "new" / "x.yaml").is_file()

        code, out, _ = run(capsys, "import", tmp_path / "published.yaml", "--output", "-")
        assert code == 0
        assert out == read_text(tmp_path / "new" / "x.yaml")

    @pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
    def test_stdout_has_a_complete_document_or_nothing(
        self, tmp_path, monkeypatch, capsys, encoding
    ):
        (tmp_path / "published.yaml").write_text(
            PUBLISHED.replace("collection/a:", "collection/ш:"), encoding="utf-8"
        )
        stdout = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
        monkeypatch.setattr("sys.stdout", stdout)

        code = main(["import", str(tmp_path / "published.yaml"), "--output", "-"])

        printed = stdout.buffer.getvalue().decode(encoding)
        if encoding == "utf-8":
            assert (code, "collection/ш" in printed) == (0, True)
        else:
            assert (code, printed) == (2, "")
            assert (
                "the encoding of stdout (cp1252) lacks some characters" in capsys.readouterr().err
            )

    @pytest.mark.parametrize("text", [None, "a: [", "openapi: 3.1.0\ninfo: {}\npaths: {}"])
    def test_import_names_what_it_cannot_read(self, tmp_path, capsys, text):
        source = tmp_path / "published.yaml"
        if text is not None:
            source.write_text(text, encoding="utf-8")

        code, out, err = run(capsys, "import", source, "--output", tmp_path / "x.yaml")

        assert (code, out) == (2, "")
        assert err.startswith(f"prolific-contract: error: {source}")
        assert err.count("\n") == 1
        assert not (tmp_path / "x.yaml").exists()

    def test_file_in_the_checkout_has_the_written_header(self, here, capsys):
        run(capsys, "import", OPENAPI / "upstream.yaml")

        written = read_text(here / "openapi" / "upstream.yaml")
        assert written == read_text(OPENAPI / "upstream.yaml")


class TestBuild:
    def test_build_writes_the_union_and_lists_proofs(self, here, capsys):
        output = here / "openapi" / "prolific.yaml"
        output.unlink()

        code, out, err = run(capsys, "build")

        assert (code, err) == (0, "")
        assert out.splitlines() == [
            f"{output}: built",
            "dropped, because it is unused: #/components/schemas/Unused",
            "1 pairs of oneOf branches proved disjoint",
        ]
        assert read_text(output) == built(here / "openapi").render()

    def test_build_of_an_edition_goes_to_stdout_and_keeps_the_union(self, here, capsys):
        before = read_text(here / "openapi" / "prolific.yaml")

        code, out, err = run(capsys, "build", "--edition", "2026-11")

        assert code == 0
        assert out == built(here / "openapi", "2026-11").render()
        assert "proved disjoint" in err
        assert read_text(here / "openapi" / "prolific.yaml") == before

    def test_build_uses_the_given_files(self, here, tmp_path, capsys, monkeypatch):
        monkeypatch.setattr("prolific_contract.spec._files._CHECKOUT", tmp_path / "nowhere")
        openapi = here / "openapi"
        sources = "--upstream", openapi / "upstream.yaml", "--overlay", openapi / "overlay.yaml"

        code, _, _ = run(capsys, "build", *sources, "--output", tmp_path / "new" / "x.yaml")
        assert code == 0
        assert read_text(tmp_path / "new" / "x.yaml") == built(openapi).render()

        code, out, _ = run(capsys, "build", *sources, "--output", "-")
        assert (code, out) == (0, built(openapi).render())

        code, _, err = run(capsys, "build")
        assert code == 2
        assert "no default for --output" in err

    def test_installed_wheel_builds_an_edition(self, here, tmp_path, capsys, monkeypatch):
        monkeypatch.setattr("prolific_contract.spec._files._CHECKOUT", tmp_path / "nowhere")
        monkeypatch.setattr("prolific_contract.spec._files.files", lambda package: tmp_path / "w")
        (tmp_path / "w").mkdir()
        openapi = (here / "openapi").rename(tmp_path / "w" / "openapi")

        code, out, _ = run(capsys, "build", "--edition", "2026-11")
        assert (code, out) == (0, built(openapi, "2026-11").render())

        (tmp_path / "mine.yaml").write_text(
            OVERLAY.replace("Get it.", "Take it."), encoding="utf-8"
        )
        code, out, _ = run(capsys, "build", "--overlay", tmp_path / "mine.yaml", "--output", "-")
        assert code == 0
        assert "summary: Take it." in out

    def test_pairs_without_a_proof_are_listed(self, here, capsys):
        overlay = here / "openapi" / "overlay.yaml"
        undecided = read_text(overlay).replace(
            '{type: string}, {type: "null"}', "{type: string, format: uuid}, {format: uri}"
        )
        overlay.write_text(undecided.replace("{oneOf", "{type: string, oneOf"), encoding="utf-8")

        code, out, _ = run(capsys, "build")

        assert code == 0
        assert "0 pairs of oneOf branches proved disjoint\nnot proved disjoint: #/paths/" in out

    def test_check_passes_for_a_current_file(self, here, capsys):
        assert run(capsys, "build", "--check") == (0, "", "")

    def test_check_fails_for_an_outdated_file_and_writes_nothing(self, here, capsys):
        path = here / "openapi" / "prolific.yaml"
        edited = read_text(path).replace("Get it.", "Take it.")
        path.write_text(edited, encoding="utf-8")

        code, out, err = run(capsys, "build", "--check")

        assert (code, out) == (1, "")
        assert f"prolific.yaml is out of date: {UPDATE}" in err
        assert read_text(path) == edited

    @pytest.mark.parametrize("output", [(), ("--output", "-")])
    def test_check_needs_a_file(self, here, capsys, output):
        code, _, err = run(capsys, "build", "--check", "--edition", "2026-03", *output)

        assert code == 2
        assert "--check needs a file to compare with" in err

    def test_overlay_without_matching_target_is_named(self, here, capsys):
        overlay = here / "openapi" / "overlay.yaml"
        overlay.write_text(
            read_text(overlay).replace("$.paths.*.get", "$.paths.*.put"), encoding="utf-8"
        )

        code, _, err = run(capsys, "build")

        assert code == 2
        assert "action 1 of the overlay (target $.paths.*.put) matches nothing" in err


class TestGenerate:
    @pytest.fixture
    def generator(self, monkeypatch):
        """Stands in for the generator, which runs in other tests; says what it was given."""
        given = []

        def generate_client(*paths):
            given.append(paths)
            return {
                "__init__.py": b"one\n",
                "api/a.py": b"two\n",
                "client.py": b"class AuthenticatedClient: ...\n",
                "types.py": b"",
                "py.typed": b"",
            }

        monkeypatch.setattr(_generate, "generate_client", generate_client)
        return given

    def test_client_in_the_checkout_is_current(self, capsys):
        assert run(capsys, "generate", "--check") == (0, "", "")

    def test_generate_uses_the_contract_of_the_checkout(self, here, capsys, generator):
        code, out, _ = run(capsys, "generate")

        openapi = here / "openapi"
        assert code == 0
        assert generator == [(openapi / "prolific.yaml", openapi / "generator.yaml")]
        assert out.endswith("prolific_api: 5 files, 5 written, 0 removed\n")
        assert (here / "generated" / "prolific_api" / "api" / "a.py").read_bytes() == b"two\n"

    def test_edited_client_fails_the_check_and_is_regenerated(self, here, capsys, generator):
        package = here / "generated" / "prolific_api"
        run(capsys, "generate")
        (package / "__init__.py").write_text("# better\n", encoding="utf-8")
        (package / "extra.py").write_text("", encoding="utf-8")
        (package / "api" / "a.py").unlink()

        code, out, err = run(capsys, "generate", "--check")

        assert (code, out) == (1, "")
        assert err.splitlines() == [
            "changed: __init__.py",
            "missing: api/a.py",
            "surplus: extra.py",
            f"{package} is out of date: {UPDATE}",
        ]

        code, out, _ = run(capsys, "generate")
        assert code == 0
        assert out.endswith("5 files, 2 written, 1 removed\n")
        assert run(capsys, "generate", "--check") == (0, "", "")

    def test_generate_uses_the_given_paths(self, here, tmp_path, capsys, generator):
        code, _, _ = run(
            capsys,
            *("generate", "--contract", tmp_path / "c.yaml", "--config", tmp_path / "g.yaml"),
            *("--output", tmp_path / "client"),
        )

        assert code == 0
        assert generator == [(tmp_path / "c.yaml", tmp_path / "g.yaml")]
        assert (tmp_path / "client" / "py.typed").is_file()

    def test_installed_wheel_generates_a_client(
        self, here, tmp_path, capsys, generator, monkeypatch
    ):
        monkeypatch.setattr("prolific_contract.spec._files._CHECKOUT", tmp_path / "nowhere")
        monkeypatch.setattr("prolific_contract.spec._files.files", lambda package: tmp_path / "w")
        (tmp_path / "w").mkdir()
        openapi = (here / "openapi").rename(tmp_path / "w" / "openapi")

        code, _, err = run(capsys, "generate")
        assert (code, generator) == (2, [])
        assert "no default for --output" in err

        code, _, _ = run(capsys, "generate", "--output", tmp_path / "client")
        assert code == 0
        assert generator == [(openapi / "prolific.yaml", openapi / "generator.yaml")]

    def test_folder_with_other_content_is_refused(self, here, tmp_path, capsys, generator):
        thesis = tmp_path / "work" / "thesis.txt"
        thesis.parent.mkdir()
        thesis.write_text("all of it", encoding="utf-8")

        code, out, err = run(capsys, "generate", "--output", thesis.parent)

        assert (code, out) == (2, "")
        assert f"{thesis.parent} is not a generated package" in err
        assert "it contains thesis.txt. Nothing was written" in err
        assert list(thesis.parent.iterdir()) == [thesis]

    def test_contract_that_can_not_be_read_is_named(self, here, tmp_path, capsys):
        code, _, err = run(capsys, "generate", "--contract", tmp_path / "nowhere.yaml")

        assert code == 2
        assert "nowhere.yaml can't be read" in err
