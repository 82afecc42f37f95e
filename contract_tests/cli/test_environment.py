"""Settings of the environment that cannot be used, as warnings and errors of the command."""

import pytest
from helpers import api

LIST = "[::1],10.0.0.0/99,fd00::/8"
WARNING = (
    "prolific-exports: warning: NO_PROXY has entries that cannot be read and are skipped: "
    "'10.0.0.0/99'. Give names, addresses or networks, such as .example.com, [::1] or 10.0.0.0/8.\n"
)


@pytest.fixture
def _odd_list(monkeypatch):
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", LIST)


@pytest.mark.usefixtures("_odd_list")
def test_invalid_no_proxy_entry_is_a_warning_in_every_command(cli, router, kind):
    job = (kind, api.RESOURCE[kind], api.EXPORT_ID)
    router.get(api.post_url(kind)).mock(return_value=api.jobs())
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    router.delete(api.get_url(kind)).respond(204)
    router.get(api.SIGNED).mock(return_value=api.stored())
    for arguments in (
        ("list", *job[:2]),
        ("status", *job),
        ("delete", *job),
        ("download", *job[:2], "--export-id", api.EXPORT_ID, "--quiet"),
    ):
        outcome = cli(*arguments)
        assert outcome.code == 0, outcome.err
        assert outcome.err.count(WARNING) == 1


def test_valid_no_proxy_prints_no_warning(cli, router, kind, monkeypatch, caplog):
    monkeypatch.setenv("NO_PROXY", "[::1]")
    router.get(api.post_url(kind)).mock(return_value=api.jobs())
    assert "warning" not in cli("list", kind, api.RESOURCE[kind]).err


def test_unreadable_certificates_exit_with_2_and_name_the_variable(cli, kind, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "missing.pem")
    outcome = cli("list", kind, api.RESOURCE[kind])
    assert outcome.code == 2
    assert "certificates of SSL_CERT_FILE cannot be read: missing.pem" in outcome.err


def test_token_of_a_file_is_removed_from_messages(cli, tmp_path, monkeypatch):
    file = tmp_path / "secret"
    file.write_text("Token t0ken-in-a-file\n", encoding="utf-8")
    monkeypatch.delenv("PROLIFIC_TOKEN")
    monkeypatch.setenv("PROLIFIC_TOKEN_FILE", str(file))

    outcome = cli("show", "t0ken-in-a-file.zip")
    file.unlink()
    without_file = cli("show", "missing.zip")

    assert outcome.code == 1
    assert "t0ken-in-a-file" not in outcome.err
    assert "missing.zip" in without_file.err
