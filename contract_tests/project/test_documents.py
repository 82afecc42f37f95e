"""What the documents tell people to type works as they say."""

import ast
import asyncio
import inspect
import json
import re
import shlex
import shutil
import tomllib
from inspect import signature

import prolific_exports
import pyarrow.parquet as pq
import pytest
from helpers.command import main as exports_command
from prolific_contract import cli as contract_command
from prolific_contract.sandbox import KNOWN_RESOURCES, Fate, Sandbox, SandboxSettings
from prolific_exports import Exports
from prolific_exports._cli._parser import build_parser as build_exports_parser
from prolific_exports._model._settings import REFERER

from project import llms
from project.tree import PACKAGES, ROOT, imported_modules, project_files, python_files

FENCE = re.compile(r"(?ms)^( *)```(\w*)[^\n]*\n(.*?)^\1```")
PARSERS = {
    "prolific-exports": build_exports_parser,
    "prolific-contract": contract_command.build_parser,
}
# A command ends where the shell's own words begin.
SHELL = re.compile(r"[|&;<>]")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def documents():
    """The text of every document by name."""
    names = [name for name in project_files() if re.fullmatch(r"(docs/.*)?[^/]*\.md", name)]
    assert {"README.md", "CHANGELOG.md"} <= set(names)
    return {name: read(name) for name in names}


def blocks(text, *languages):
    """The fenced blocks in these languages."""
    return [block for _, language, block in FENCE.findall(text) if language in languages]


def command_lines(text):
    """The shell's command lines as lists of words, without prompts and assignments."""
    for block in blocks(text, "sh", "bash", "shell", "console"):
        for line in block.replace("\\\n", " ").splitlines():
            try:
                words = shlex.split(line.strip().removeprefix("$ "), comments=True)
            except ValueError:  # a part of a string that goes over several lines
                continue
            while words and re.match(r"[A-Z_]+=", words[0]):
                del words[0]
            yield words


def make_targets():
    return set(re.findall(r"(?m)^([a-z-]+):", read("Makefile")))


def test_every_named_make_target_exists():
    number = 0
    for name, text in documents().items():
        spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
        named = {
            target
            for code in [*spans, *(block for *_, block in FENCE.findall(text))]
            for target in re.findall(r"(?m)(?:^|&& |\$ )(?:[A-Z]+=\S+ )*make ([a-z-]+)", code)
        }
        assert named <= make_targets(), name
        number += len(named)
    assert number > 20


def test_every_shown_command_line_is_accepted(capsys):
    number = 0
    for name, text in documents().items():
        for program, *arguments in filter(None, command_lines(text)):
            end = next((i for i, word in enumerate(arguments) if SHELL.match(word)), None)
            if program in PARSERS:
                number += 1
                try:
                    PARSERS[program]().parse_args(arguments[:end])
                except SystemExit as error:  # --help and --version end with 0
                    assert not error.code, (name, program, arguments, capsys.readouterr().err)
    assert number > 50


def test_every_python_block_compiles():
    for name, text in documents().items():
        for block in blocks(text, "py", "python"):
            compile(block, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def command_spans(text):
    """The commands with arguments that stand in a sentence or a table."""
    for span in re.findall(r"`([^`\n]+)`", FENCE.sub("", text)):
        program, *arguments = span.split()
        if program in PARSERS and len(arguments) > 1:
            yield program, arguments


def test_inline_commands_are_accepted(capsys):
    found = [(name, *span) for name, text in documents().items() for span in command_spans(text)]

    assert found
    for name, program, arguments in found:
        try:
            PARSERS[program]().parse_args(arguments)
        except SystemExit as error:  # --help and --version end with 0
            assert not error.code, (name, program, arguments, capsys.readouterr().err)


def options(parser):
    """The options of a command and of its subcommands."""
    for action in parser._actions:
        yield from action.option_strings
        for subcommand in getattr(action, "choices", None) or ():
            if isinstance(action.choices, dict):
                yield from options(action.choices[subcommand])


@pytest.mark.parametrize("name", ["command", "gate", "sync", "tables", "testing"])
def test_inline_options_exist(name):
    prose = FENCE.sub("", read(f"docs/{name}.md"))
    named = set(re.findall(r"`(?:[^`\n]* )?(--[a-z][a-z-]*)[^`\n]*`", prose))
    known = {option for build in PARSERS.values() for option in options(build())}

    assert named
    assert {option for option in named if not option.startswith("--prolific-")} <= known


# What the documents' blocks export, and what stands for it in a sandbox.
COLLECTION, BATCH = "65f0c1d2e3a4b5c6d7e8f901", "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b"
WORKSPACE = "64d0c0de00000000000000aa"
JOB = "a1b2c3d4-e5f6-4890-abcd-ef1234567890"
RUNNABLE = [
    "README.md",
    "docs/page.md",
    "docs/python.md",
    "docs/sync.md",
    "docs/tables.md",
    "docs/testing.md",
]
PYTHON_BLOCKS = [
    pytest.param(name, code, id=f"{name}-{number}")
    for name in RUNNABLE
    for number, code in enumerate(blocks(read(name), "python"))
]


EXISTING_WORKSPACE = KNOWN_RESOURCES[0].workspace_id


@pytest.fixture(scope="module")
def sandbox():
    settings = SandboxSettings(
        edition="2026-11",
        generation_seconds=0,
        submissions=3,
        resources=[one for one in KNOWN_RESOURCES if one.fate is Fate.COMPLETES],
    )
    with Sandbox(settings) as one:
        yield one


@pytest.fixture
def jobs_deleted(sandbox):
    """After a test, room for ten jobs again."""
    yield
    with Exports(sandbox.token, base_url=sandbox.url) as exports:
        for one in exports.find(EXISTING_WORKSPACE):
            resource = exports.collections if one.kind == "collection" else exports.batches
            for job in resource.list(one.id):
                resource.delete(one.id, job.export_id)


@pytest.fixture
def here(sandbox, jobs_deleted, tmp_path, monkeypatch):
    """A folder to run a block in, set up as the documents' readers have it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROLIFIC_URL", sandbox.url)
    monkeypatch.setenv("PROLIFIC_TOKEN", sandbox.token)
    monkeypatch.setattr(
        "prolific_exports._model._clock.SystemClock.sleep", lambda clock, seconds: None
    )
    return tmp_path


def test_documents_with_python_blocks_have_some():
    found = {name for name in documents() if blocks(read(name), "python", "py")}
    # contract_tests/tables/test_recipes.py runs the others.
    assert found == {*RUNNABLE, "docs/recipes.md"}


def execute(code, name, names):
    """Run a block; as a coroutine, if it awaits."""
    compiled = compile(code, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    awaited = eval(compiled, names)
    if inspect.iscoroutine(awaited):
        asyncio.run(awaited)


@pytest.mark.parametrize(("name", "code"), PYTHON_BLOCKS)
def test_python_block_of_a_document_runs_as_it_stands(name, code, sandbox, here, request, capsys):
    names = {}
    if "read_delta" in code:
        pytest.importorskip("deltalake", reason="the extra sync is not installed")
    with Exports() as exports:
        if JOB in code:
            job = exports.collections.export(sandbox.collection_id)
            code = code.replace(JOB, job.export_id)
        for archive in set(re.findall(r'open\("(\w+\.zip)"\)', code)):
            exports.collections.download(sandbox.collection_id, archive)
    code = code.replace(COLLECTION, sandbox.collection_id).replace(BATCH, sandbox.batch_id)
    code = code.replace(WORKSPACE, EXISTING_WORKSPACE)

    execute(code, name, names)

    for test in [value for key, value in names.items() if key.startswith("test_")]:
        needs = signature(test).parameters
        test(**{fixture: request.getfixturevalue(fixture) for fixture in needs})
    saved = "download(" in code or "open(" in code
    assert bool(list(here.glob("*.zip"))) == saved


def in_three_lines(name, *languages):
    """The blocks of the section on a whole workspace; each has three lines, without imports."""
    section = (
        read(name).partition("### A whole workspace in three lines\n")[2].partition("\n## ")[0]
    )
    found = blocks(section, *languages)
    for block in found:
        lines = [line for line in block.splitlines() if line and " import " not in line]
        assert len(lines) == 3, block
    return found


def tables(folder):
    """The numbers of rows of the Parquet files in a folder."""
    return {path.name: pq.read_metadata(path).num_rows for path in folder.rglob("*.parquet")}


def test_workspace_becomes_parquet_in_three_lines_of_shell(sandbox, here, monkeypatch, capsys):
    monkeypatch.delenv("PROLIFIC_TOKEN")
    (block,) = in_three_lines("docs/command.md", "sh")
    (export, *commands) = command_lines(block.join(["```sh\n", "```\n"]))
    assert export == ["export", "PROLIFIC_TOKEN=\u2026"]
    monkeypatch.setenv("PROLIFIC_TOKEN", sandbox.token)
    for program, *arguments in commands:
        assert program == "prolific-exports"
        line = [word.replace("WORKSPACE_ID", EXISTING_WORKSPACE) for word in arguments]
        assert exports_command(line) == 0
        assert json.loads(capsys.readouterr().out)["error"] is None
    assert tables(here).keys() == {"collections.parquet", "batches.parquet"}
    assert min(tables(here).values()) > 0


def test_failure_of_the_script_is_json_that_a_program_can_act_on(
    sandbox, here, monkeypatch, capsys
):
    monkeypatch.setenv("PROLIFIC_TOKEN", "another-token")
    (block,) = in_three_lines("docs/command.md", "sh")
    for _, *arguments in list(command_lines(block.join(["```sh\n", "```\n"])))[1:]:
        assert exports_command(arguments) == 1
        assert json.loads(capsys.readouterr().out)["error"]["type"] == "AuthenticationError"


def test_workspace_becomes_parquet_in_three_lines_of_python(sandbox, here):
    sync, asynchronous = in_three_lines("docs/python.md", "python")
    for block in (sync, asynchronous):
        execute(block.replace(WORKSPACE, EXISTING_WORKSPACE), "docs/python.md", {})
        found = tables(here)
        assert set(found) == {
            f"{one.id}.parquet" for one in KNOWN_RESOURCES if one.fate is Fate.COMPLETES
        }
        assert min(found.values()) > 0
        shutil.rmtree("data")
    assert asynchronous.replace("async ", "").replace("Async", "") == sync


def test_readme_has_at_most_110_lines():
    assert len(read("README.md").splitlines()) <= 110


def test_make_help_explains_every_target():
    explained = set(re.findall(r"(?m)^([a-z-]+):.*## \S", read("Makefile")))

    assert explained == make_targets()


def texts(path):
    """The texts in a module that are not docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, documented)]
    alone = {id(line.value) for body in bodies for line in body if isinstance(line, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


# They write pages for the repository.
FOR_THE_REPOSITORY = {
    "contract_tests/prolific_contract/gate/proof/_derived_page.py",
    "contract_tests/prolific_contract/gate/proof/_detection_table.py",
}


def test_messages_of_installed_commands_never_require_a_checkout():
    advice = re.compile(
        rf"\b(make ({'|'.join(make_targets())})\b(?! [a-z])|checkout\b|clone\b)|docs/\w+\.md"
    )
    modules = [
        ROOT / name
        for name in project_files()
        if name.endswith(".py") and name.startswith(PACKAGES[1:]) and name not in FOR_THE_REPOSITORY
    ]
    found = [(path.name, text) for path in modules for text in texts(path) if advice.search(text)]

    assert len(modules) > 100
    assert found == []


def test_changelog_has_an_entry_for_this_version():
    version = re.escape(prolific_exports.__version__)

    assert re.search(rf"(?m)^## \[?{version}\]?(\s|$)", read("CHANGELOG.md"))


def links(text):
    """Where the links of a document lead, without anchors."""
    prose = FENCE.sub("", text)
    return [
        *re.findall(r"\]\((?!#)([^)#\s]+)", prose),
        *re.findall(r"(?m)^\[[^\]]+\]: ([^#\s]+)", prose),
    ]


def test_every_linked_file_exists():
    linked = [
        (name, target)
        for name, text in documents().items()
        for target in links(text)
        if not re.match("[a-z]+:", target)
    ]

    assert len(linked) > 50
    for name, target in linked:
        assert (ROOT / name).parent.joinpath(target).exists(), f"{name}: {target}"


def test_every_named_module_exists():
    """Pages give modules by their path from a package, as in `_flows/_calls.py`."""
    roots = [ROOT, *(ROOT / package for package in PACKAGES), ROOT / PACKAGES[2] / "gate"]
    named = [
        (name, module)
        for name, text in documents().items()
        for module in re.findall(r"`((?:[\w-]+/)+\w+\.py)`", FENCE.sub("", text))
    ]

    assert len(named) > 20
    for name, module in named:
        assert any((root / module).is_file() for root in roots), f"{name}: {module}"


def test_table_of_rooms_names_what_they_import():
    section = read("docs/architecture.md").partition("## Rooms of the SDK")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| `(_\w+)` \| [^|]+ \| ([^|]+) \|$", section)
    shown = {room: set(re.findall(r"`(\w+)`", imports)) for room, imports in rows}
    folder = "wrapper/prolific_exports"
    rooms = {path.parent.name for path in (ROOT / folder).glob("_*/__init__.py")}

    assert set(shown) == rooms
    for room in rooms:
        modules = {m for f in python_files(f"{folder}/{room}") for m in imported_modules(ROOT / f)}
        imported = {m.split(".")[1] for m in modules if m.startswith("prolific_exports.")}
        assert imported & rooms - {room} <= shown[room], room


def test_every_name_of_a_link_is_defined_and_used():
    prose = re.sub("`[^`]*`", "", FENCE.sub("", read("README.md")))
    defined = re.findall(r"(?m)^\[([^\]]+)\]: ", prose)
    named = re.findall(r"\]\[([^\]]+)\]", prose) + re.findall(r"\[([^\]]+)\](?![\[(:])", prose)

    # Markdown matches them in any case.
    assert set(defined) == {name.lower() for name in named}
    assert len(defined) == len(set(defined))


def project_urls():
    return tomllib.loads(read("pyproject.toml"))["project"]["urls"]


def in_repository(url):
    """The file or folder that an address in the project's repository stands for."""
    path = url.removeprefix(project_urls()["Repository"])
    assert path != url, f"{url} is elsewhere"
    return ROOT / re.sub(r"^/(blob|tree)/main/", "", path)


def test_readme_links_use_full_addresses_of_existing_files():
    """Who reads it in the package's metadata has no files beside it."""
    found = [target for target in links(read("README.md")) if not target.startswith("mailto:")]

    assert len(found) > 10
    for target in found:
        assert in_repository(target).is_file(), target


def test_project_addresses_use_one_repository():
    urls = project_urls()

    assert REFERER.startswith(f"{urls['Repository']}/tree/")
    assert in_repository(urls["Documentation"]).is_dir()
    assert in_repository(urls["Changelog"]).is_file()
    assert urls["Issues"] == f"{urls['Repository']}/issues"


def test_list_for_language_models_is_current():
    """``make regenerate`` writes it."""
    assert read("docs/llms.txt") == llms.document()


def test_list_for_language_models_has_every_page_for_users():
    pages = {name.removeprefix("docs/") for name in documents() if name.startswith("docs/")}
    pages = {name for name in pages if "/" not in name}
    listed = {f"{name}.md" for names in llms.SECTIONS.values() for name in names}
    # Both are written by comparisons with other tools; docs/benchmarks.md and docs/gate.md have
    # what they show.
    assert pages - listed == {"comparison.md", "comparison-diff.md"}
