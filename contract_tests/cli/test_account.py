"""Where the token and the server come from: the environment, profiles and the password store."""

import getpass
import io
import json
import os
import sys
import warnings
from pathlib import Path

import httpx
import prolific_exports
import pytest
from helpers import api
from prolific_exports._cli._profiles import config_path

WORKSPACE = "64d0c0de00000000000000aa"
TOKEN = "t0ken-that-is-stored"
ENTRY = f"prolific-exports {api.BASE}"
OTHER = "https://other.example"


@pytest.fixture
def asked(router):
    """The requests for workspaces, on two servers."""
    body = {"results": [{"id": WORKSPACE, "title": "Lab"}], "meta": {"count": 1}}
    answer = httpx.Response(200, json=body)
    for server in (api.BASE, OTHER):
        router.get(f"{server}/api/v1/workspaces/").mock(return_value=answer)
    return router.calls


@pytest.fixture
def without_token(cli, monkeypatch):
    monkeypatch.delenv("PROLIFIC_TOKEN")
    monkeypatch.delenv("PROLIFIC_TOKEN_FILE", raising=False)
    monkeypatch.delenv("PROLIFIC_PROFILE", raising=False)


@pytest.fixture
def types(monkeypatch):
    """Passes a text on stdin, or types it on a terminal."""

    def type_(text, *, terminal=False):
        stdin = io.StringIO(text)
        monkeypatch.setattr(stdin, "isatty", lambda: terminal)
        monkeypatch.setattr(sys, "stdin", stdin)

    return type_


def sent(asked):
    """The server and the token of the last request."""
    request = asked.last.request
    return f"https://{request.url.host}", request.headers["authorization"].removeprefix("Token ")


def write(path, text):
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "typed", [TOKEN, f" {TOKEN}\r\n", f"'{TOKEN}'", f'"Token {TOKEN}"', f"token  {TOKEN}\n"]
)
@pytest.mark.parametrize("source", ["stdin", "variable", "file", "profile's variable", "its file"])
def test_every_source_removes_what_is_pasted_with_the_token(
    cli, asked, without_token, types, monkeypatch, tmp_path, config, typed, source
):
    file = tmp_path / "token"
    write(file, typed)
    match source:
        case "stdin":
            types(typed)
            assert cli("login").code == 0
        case "variable":
            monkeypatch.setenv("PROLIFIC_TOKEN", typed)
        case "file":
            monkeypatch.setenv("PROLIFIC_TOKEN_FILE", str(file))
        case "profile's variable":
            monkeypatch.setenv("LAB_TOKEN", typed)
            write(config, "[profiles.lab]\ntoken_env = 'LAB_TOKEN'\n")
        case _:
            write(config, f"[profiles.lab]\ntoken_file = {json.dumps(str(file))}\n")
    profile = ["--profile", "lab"] if "profile" in source or "its" in source else []
    assert cli("whoami", *profile).code == 0
    assert sent(asked) == (api.BASE, TOKEN)


def test_login_checks_and_stores_the_token(cli, asked, without_token, types, passwords):
    types(f"{TOKEN}\n")
    outcome = cli("login")
    assert (outcome.code, passwords.tokens) == (0, {ENTRY: TOKEN})
    assert outcome.err == f"The token for {api.BASE} is in the system's password store.\n"
    assert [" ".join(line.split()) for line in outcome.out.splitlines()] == [
        f"server {api.BASE}",
        "token from the system's password store",
        "access to 1 workspace",
        f"{WORKSPACE} Lab",
    ]
    assert TOKEN not in outcome.out + outcome.err


def test_login_on_a_terminal_does_not_show_the_token(
    cli, asked, without_token, types, passwords, monkeypatch
):
    types("", terminal=True)
    monkeypatch.setattr(getpass, "getpass", lambda prompt: f"{TOKEN} ")
    assert cli("login").code == 0
    assert passwords.tokens == {ENTRY: TOKEN}


@pytest.mark.parametrize("failure", [EOFError, "echo"])
def test_login_on_a_terminal_that_would_show_the_token_is_refused(
    cli, without_token, types, passwords, monkeypatch, failure
):
    def prompt(_):
        if failure is EOFError:
            raise EOFError
        warnings.warn("Can not control echo", getpass.GetPassWarning, stacklevel=1)

    types("", terminal=True)
    monkeypatch.setattr(getpass, "getpass", prompt)
    outcome = cli("login")
    assert outcome.code == 2
    assert "pass it on stdin" in outcome.err
    assert passwords.tokens == {}


@pytest.mark.parametrize("typed", ["", " \n", "two words", None])
def test_login_without_a_usable_token_stores_nothing(
    cli, router, without_token, types, passwords, monkeypatch, typed
):
    types(typed or "")
    if typed is None:
        monkeypatch.setattr(sys, "stdin", None)
    assert cli("login", "--json").code == 2
    assert passwords.tokens == {}
    assert not router.calls


def test_login_with_a_refused_token_stores_nothing(cli, router, without_token, types, passwords):
    router.get(f"{api.BASE}/api/v1/workspaces/").mock(return_value=api.error(401, TOKEN))
    types(TOKEN)
    outcome = cli("login", "--json")
    assert (outcome.code, outcome.json["error"]["type"]) == (1, "AuthenticationError")
    assert passwords.tokens == {}
    assert TOKEN not in outcome.out + outcome.err


def test_login_says_that_the_environment_comes_first(cli, asked, types, passwords):
    types(TOKEN)
    outcome = cli("login")
    assert passwords.tokens == {ENTRY: TOKEN}
    assert outcome.err.endswith("Commands do not use it as long as PROLIFIC_TOKEN is set.\n")


def test_login_says_that_an_invalid_variable_comes_first(cli, asked, types, passwords, monkeypatch):
    monkeypatch.setenv("PROLIFIC_TOKEN", "two words")
    types(TOKEN)
    outcome = cli("login")
    assert outcome.code == 0
    assert outcome.err.endswith("Commands do not use it as long as PROLIFIC_TOKEN is set.\n")


def test_stored_token_is_used_without_one_in_the_environment(
    cli, asked, without_token, passwords, monkeypatch
):
    passwords.tokens[ENTRY] = TOKEN
    assert cli("workspaces").code == 0
    assert sent(asked) == (api.BASE, TOKEN)
    monkeypatch.setenv("PROLIFIC_TOKEN", "t0ken-of-the-environment")
    assert cli("workspaces").code == 0
    assert sent(asked) == (api.BASE, "t0ken-of-the-environment")


def test_stored_token_is_never_sent_to_another_server(
    cli, asked, without_token, passwords, monkeypatch
):
    passwords.tokens[ENTRY] = TOKEN
    monkeypatch.setenv("PROLIFIC_URL", OTHER)
    outcome = cli("workspaces")
    assert outcome.code == 2
    assert "No API token" in outcome.err
    assert "Or store one with prolific-exports login." in outcome.err
    assert not asked


def test_unusable_password_store_counts_as_empty_for_commands(cli, without_token, passwords):
    passwords.failure = RuntimeError(f"locked {TOKEN}")
    outcome = cli("workspaces")
    assert outcome.code == 2
    assert "No API token" in outcome.err


@pytest.mark.parametrize("command", ["login", "logout"])
def test_unusable_password_store_ends_login_and_logout(
    cli, router, without_token, passwords, types, command
):
    passwords.failure = RuntimeError(f"locked {TOKEN}")
    types(TOKEN)
    outcome = cli(command, "--json")
    assert (outcome.code, outcome.json["error"]["type"]) == (1, "PasswordStoreError")
    assert "PROLIFIC_TOKEN_FILE" in outcome.json["error"]["hint"]
    assert TOKEN not in outcome.out + outcome.err
    assert not router.calls


def test_without_keyring_commands_look_elsewhere_and_login_says_what_to_install(
    cli, without_token, types, monkeypatch
):
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr("prolific_exports._cli._password_store.find_spec", lambda name: None)
    assert "No API token" in cli("workspaces").err
    types(TOKEN)
    outcome = cli("login")
    assert outcome.code == 2
    assert "pip install 'prolific-exports[keyring]'" in outcome.err


def test_logout_deletes_the_token_once(cli, without_token, passwords):
    passwords.tokens[ENTRY] = TOKEN
    outcome = cli("logout", "--json")
    assert outcome.json == {"url": api.BASE, "profile": None, "removed": True, "error": None}
    assert passwords.tokens == {}
    outcome = cli("logout")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"The token for {api.BASE} is not in the system's password store.\n"


def test_whoami_json_has_the_source_and_the_workspaces(cli, asked):
    assert cli("whoami", "--json").json == {
        "url": api.BASE,
        "profile": None,
        "token_source": "PROLIFIC_TOKEN",
        "workspaces": [{"id": WORKSPACE, "title": "Lab", "description": None}],
        "error": None,
    }


@pytest.mark.parametrize("way", ["--profile", "variable", "before the command"])
def test_profile_comes_before_the_environment(cli, asked, config, monkeypatch, way):
    write(config, f"[profiles.lab]\nurl = '{OTHER}/'\ntoken_env = 'LAB_TOKEN'\n")
    monkeypatch.setenv("LAB_TOKEN", TOKEN)
    match way:
        case "--profile":
            outcome = cli("whoami", "--profile", "lab")
        case "variable":
            monkeypatch.setenv("PROLIFIC_PROFILE", "lab")
            outcome = cli("whoami")
        case _:
            outcome = cli("--profile", "lab", "whoami")
    assert sent(asked) == (OTHER, TOKEN)
    assert "LAB_TOKEN, named by the profile lab" in outcome.out
    assert "profile     lab" in outcome.out


def test_option_comes_before_the_variable_of_the_profile(cli, asked, config, monkeypatch):
    write(config, f"[profiles.a]\nurl = '{OTHER}'\n[profiles.b]\n")
    monkeypatch.setenv("PROLIFIC_PROFILE", "a")
    assert cli("whoami", "--profile", "b").code == 0
    assert sent(asked)[0] == api.BASE


def test_profile_without_a_source_takes_the_token_of_the_environment(cli, asked, config):
    write(config, f"[profiles.lab]\nurl = '{OTHER}'\n")
    assert cli("whoami", "--profile", "lab").code == 0
    assert sent(asked) == (OTHER, os.environ["PROLIFIC_TOKEN"])


def test_profile_with_the_password_store_has_a_token_of_its_own(
    cli, asked, without_token, config, types, passwords
):
    write(config, "[profiles.lab]\ntoken_keyring = true\n")
    outcome = cli("whoami", "--profile", "lab")
    assert outcome.code == 2
    assert "run prolific-exports login --profile lab" in outcome.err
    types(TOKEN)
    assert cli("login", "--profile", "lab").code == 0
    assert passwords.tokens == {f"{ENTRY} (lab)": TOKEN}
    outcome = cli("whoami", "--profile", "lab", "--json")
    assert outcome.json["profile"] == "lab"
    assert outcome.json["token_source"] == "the system's password store, for the profile lab"
    assert cli("logout", "--profile", "lab", "--json").json["profile"] == "lab"
    assert passwords.tokens == {}


def test_login_to_a_profile_with_another_source_is_refused(cli, config, types, passwords):
    write(config, "[profiles.lab]\ntoken_env = 'LAB_TOKEN'\n")
    types(TOKEN)
    outcome = cli("login", "--profile", "lab")
    assert outcome.code == 2
    assert "token_keyring = true" in outcome.err
    assert passwords.tokens == {}


def test_variable_of_a_profile_that_is_not_set_is_named(cli, config):
    write(config, "[profiles.lab]\ntoken_env = 'LAB_TOKEN'\n")
    outcome = cli("whoami", "--profile", "lab")
    assert outcome.code == 2
    assert "LAB_TOKEN, which the profile lab names, is not set" in outcome.err


def test_workspace_of_the_profile_is_the_default(cli, router, config):
    write(config, f"[profiles.lab]\nworkspace = '{WORKSPACE}'\n")
    route = router.get(f"{api.BASE}/api/v1/data-collection/batches")
    route.mock(return_value=httpx.Response(200, json={"results": [], "meta": {"count": 0}}))
    outcome = cli("batches", "--profile", "lab", "--json")
    assert (outcome.code, outcome.json["workspace_id"]) == (0, WORKSPACE)
    assert route.calls.last.request.url.params["workspace_id"] == WORKSPACE
    cli("batches", "--profile", "lab", "--workspace", "other")
    assert route.calls.last.request.url.params["workspace_id"] == "other"


def test_suggested_commands_keep_the_profile(cli, router, config):
    write(config, "[profiles.lab]\n")
    router.post(api.post_url("batch")).mock(return_value=api.generating())
    router.get(api.get_url("batch")).mock(return_value=api.generating(status=200))
    outcome = cli(*("download", "batch", api.BATCH, "--profile", "lab", "--timeout", "5", "--json"))
    assert "--profile" in outcome.json["resume"]
    router.get(api.get_url("batch")).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())
    router.delete(api.get_url("batch")).mock(return_value=api.error(409))
    outcome = cli("download", "batch", api.BATCH, "--profile", "lab", "--delete-after")
    assert f"delete batch {api.BATCH} {api.EXPORT_ID} --profile=lab\n" in outcome.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[profiles.lab]\ntoken = 's3cret'", "the file contains a token"),
        ("[profiles.lab]\nsecret = 's3cret'", "unknown setting 'secret', expected url,"),
        ("[profiles.lab]\ntoken_env = 's3cret'", "not the name of an environment variable"),
        ("[profiles.lab]\ntoken_file = 7", "token_file is not text in quotes"),
        ("[profiles.lab]\ntoken_keyring = 's3cret'", "token_keyring is not true or false"),
        (
            "[profiles.lab]\ntoken_file = 's3cret'\ntoken_keyring = true",
            "token_file and token_keyring exclude each other",
        ),
        ("[profiles.lab]\nurl = 'http://u:s3cret@other.example'", "Invalid base URL"),
        ("[profiles.lab]\nworkspace = 'a b'", "is not the id of a workspace"),
        ("[profiles.other]\n[profiles.more]", "no profile 'lab' in "),
        ("[profiles.other]\n[profiles.more]", "it has more, other."),
        ("[profiles.labs]\n[profiles.more]", "it has labs, more. Did you mean --profile labs?"),
        ("[profiles.lab]\ntoken_fil = ''", "token_keyring. Did you mean token_file?"),
        ("[profiles]", "add a table [profiles.lab]"),
        ("profiles = 's3cret'", "add a table [profiles.lab]"),
        ("token = s3cret", "is not TOML"),
        (b"\xff", "is not TOML"),
        (None, "does not exist. Create it with a table [profiles.lab]."),
    ],
)
def test_invalid_profile_is_refused_without_its_values(cli, router, config, text, message):
    if text is not None:
        config.write_bytes(text if isinstance(text, bytes) else text.encode())
    outcome = cli("whoami", "--profile", "lab", "--json")
    assert outcome.code == 2
    assert message in outcome.json["error"]["message"]
    assert "s3cret" not in outcome.out + outcome.err
    assert not router.calls


def test_profiles_that_cannot_be_read_are_named(cli, config):
    config.mkdir()
    outcome = cli("whoami", "--profile", "lab")
    assert outcome.code == 2
    assert f"{config}" in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", "{home}/.config"),
        ({}, "darwin", "{home}/Library/Application Support"),
        ({"APPDATA": "C:/data"}, "win32", "C:/data"),
        ({}, "win32", "{home}/.config"),
        ({"XDG_CONFIG_HOME": "/xdg", "APPDATA": "C:/data"}, "win32", "/xdg"),
        ({"XDG_CONFIG_HOME": "/xdg"}, "darwin", "/xdg"),
    ],
)
def test_file_of_profiles_is_where_the_system_has_settings(environment, platform, expected):
    folder = expected.format(home=Path.home())
    path = config_path(environment, platform)
    assert path == Path(folder, "prolific-exports", "config.toml")


def test_token_of_a_profile_is_hidden_in_errors_about_archives(cli, config, monkeypatch, folder):
    write(config, "[profiles.lab]\ntoken_env = 'LAB_TOKEN'\n")
    monkeypatch.setenv("LAB_TOKEN", TOKEN)
    assert cli("status", "batch", "a b", "x", "--profile", "lab").code == 2
    assert TOKEN not in cli("show", f"{TOKEN}.zip").err


def test_token_is_no_option_of_any_command(cli, router):
    for command in ("login", "whoami", "download"):
        outcome = cli(command, "--token", TOKEN)
        assert outcome.code == 2
        assert TOKEN not in outcome.err


def test_every_command_takes_its_account_from_one_place():
    """Or it would ignore profiles and the password store, and be silent while it waits."""
    folder = Path(prolific_exports.__file__).parent / "_cli"
    makers = [one.name for one in folder.glob("*.py") if "Exports(" in one.read_text("utf-8")]
    assert makers == ["_account.py"]
