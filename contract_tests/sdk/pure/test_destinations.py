"""Where files may be written: over nothing but regular files, wherever a link leads."""

import os
import socket
import stat
from pathlib import Path

import pytest
from prolific_exports import TargetExistsError, UsageError
from prolific_exports._files._destinations import (
    check_suffix,
    destination,
    expanded,
    expanded_text,
    kind_of,
)
from prolific_exports._files._disk import OsDisk
from prolific_exports._files._publishing import publish

posix = pytest.mark.skipif(os.name == "nt", reason="makes pipes, sockets and links")


def test_unused_name_is_a_destination(tmp_path):
    for overwrite in (False, True):
        assert destination(tmp_path / "x", overwrite=overwrite) == tmp_path / "x"


def test_file_is_a_destination_only_with_overwrite(tmp_path):
    (tmp_path / "x").touch()
    assert destination(tmp_path / "x", overwrite=True) == tmp_path / "x"
    with pytest.raises(TargetExistsError, match="overwrite=True, --overwrite") as refused:
        destination(tmp_path / "x", overwrite=False)
    assert refused.value.path == tmp_path / "x"


@posix
@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("linked", [False, True])
def test_only_regular_files_are_replaced(tmp_path, overwrite, linked, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a folder").mkdir()
    os.mkfifo("a pipe")
    # Not listening, and by a short name: those of sockets are.
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("a socket")
    for there in ("a folder", "a pipe", "a socket"):
        path = Path(there)
        if linked:
            path = Path(f"link to {there}")
            path.symlink_to(there)
        with pytest.raises(TargetExistsError, match=f"{path} is {there}, and only") as refused:
            destination(path, overwrite=overwrite)
        assert "--overwrite" not in str(refused.value), "it would not help"


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="has no such device")
def test_device_is_not_a_destination():
    with pytest.raises(TargetExistsError, match="/dev/null is a device"):
        destination(Path("/dev/null"), overwrite=True)


def test_every_kind_of_obstacle_has_a_description():
    assert kind_of(stat.S_IFBLK) == "a device"
    assert kind_of(0o160000) == "a special file"


@posix
@pytest.mark.parametrize("owner", ["ours", "theirs"])
@pytest.mark.parametrize("mode", [0o755, 0o777, 0o1777])
def test_link_of_another_user_in_a_folder_for_everyone_is_not_followed(
    tmp_path, monkeypatch, owner, mode
):
    (tmp_path / "x").symlink_to("elsewhere")
    tmp_path.chmod(mode)
    us = os.geteuid() if owner == "ours" else os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: us)
    folder = Path.stat

    def of_root(self, **options):
        found = folder(self, **options)
        return os.stat_result((*found[:4], us + 7, *found[5:]))

    monkeypatch.setattr(Path, "stat", of_root)
    if (owner, mode) == ("theirs", 0o1777):
        with pytest.raises(TargetExistsError, match="a link that another user created"):
            destination(tmp_path / "x", overwrite=True)
    else:
        assert destination(tmp_path / "x", overwrite=True) == tmp_path.resolve() / "elsewhere"


@posix
def test_dangling_link_is_accepted_and_its_target_created(tmp_path):
    (tmp_path / "x").symlink_to(tmp_path / "nowhere")
    with pytest.raises(TargetExistsError, match="already exists"):
        destination(tmp_path / "x", overwrite=False)
    assert destination(tmp_path / "x", overwrite=True) == tmp_path / "nowhere"


@posix
def test_link_created_during_the_check_is_not_followed(tmp_path):
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "real").write_bytes(b"theirs")
    (tmp_path / "x").symlink_to("real")
    with pytest.raises(TargetExistsError):
        publish(OsDisk(), tmp_path / "new", tmp_path / "x", overwrite=True)
    assert (tmp_path / "real").read_bytes() == b"theirs"


def test_only_a_leading_tilde_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert expanded("~") == tmp_path
    assert expanded(Path("~/a/b")) == tmp_path / "a" / "b"
    assert expanded_text("~/a/") == f"{tmp_path}/a/", "still a folder"
    for path in ("./~/a", "~a/b", "a/~", "~a", ""):
        assert expanded_text(path) == path


def test_unknown_home_folder_is_explained(monkeypatch):
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    with pytest.raises(UsageError, match="^Cannot find your home folder for ~/a"):
        expanded("~/a")


def test_name_without_or_with_the_right_suffix_is_accepted():
    refused = []
    for name in ("x", "x.zip", "x.ZIP", "x.2026", "x.data", ".zip", "x.csv/y"):
        try:
            check_suffix(name, (".zip",), "a ZIP archive")
        except UsageError:
            refused.append(name)

    assert refused == []


@pytest.mark.parametrize("name", ["x.csv", "x.Parquet", "x.zip.json", "x.tar", "x.xlsx"])
def test_name_with_the_suffix_of_another_format_is_refused(name):
    with pytest.raises(UsageError, match=r"would be a ZIP .*Choose a name that ends in \.zip"):
        check_suffix(name, (".zip",), "a ZIP archive")
