"""Names in an archive: those refused, those changed, and those kept."""

import shutil
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import ArchiveError, ExportArchive, UnsafeArchiveError, UsageError
from prolific_exports._files._names import folded

from archive.builders import collection_members, write_zip
from archive.extracted import tree


def test_folder_may_have_the_name_of_its_content(make, place):
    make({"a/b.txt": b"1", "a/": b"", "c": b"2"}).extract(place / "data")
    assert tree(place / "data") == {"a": None, "a/b.txt": b"1", "c": b"2"}


HOSTILE = [
    ("/etc/passwd", "absolute"),
    ("//server/share", "absolute"),
    ("\\\\server\\share", "absolute"),
    ("../x", r"'\.\.'"),
    ("a/../../x", r"'\.\.'"),
    ("..", r"'\.\.'"),
    ("a/..", r"'\.\.'"),
    ("../", r"'\.\.'"),
    ("./x", r"'\.'"),
    ("a//x", "''"),
    ("", "''"),
    ("a//", "''"),
    ("C:/x", "absolute"),
    ("C:x", "absolute"),
    ("..\\x", r"'\.\.'"),
    ("a\\..\\..\\x", r"'\.\.'"),
    ("a\0.txt", "NUL"),
    ("a/" * 512 + "a", "more than 1024 bytes"),
    ("a/" * 33 + "a", "more than 32 folders deep"),
    ("x" * 9 + ("/" + "ü" * 127) * 4, "more than 1024 bytes"),
]


@pytest.mark.parametrize(("name", "what"), HOSTILE)
@pytest.mark.parametrize("root", ["", "root/"])
@pytest.mark.parametrize("names", ["safe", "strict"])
def test_extract_names_outside_the_target_are_refused(make, place, name, what, root, names):
    archive = make({f"{root}good.txt": b"1", root + name: b"2"})
    if root and name.startswith("C:"):
        # Below a folder, it leads nowhere else once the colon is replaced.
        assert archive.renamed == {name: name.replace(":", "_")}
        return
    with pytest.raises(UnsafeArchiveError, match="Nothing" if root else what) as caught:
        archive.extract(place / "data", names=names)
    assert str(archive.path) in str(caught.value)
    assert "Nothing was extracted" in str(caught.value)
    assert tree(place) == {}


@pytest.mark.parametrize("root", ["..", "C:"])
def test_stripped_root_folder_is_checked(make, place, root):
    archive = make({f"{root}/a.txt": b"1"})
    assert archive.root == root
    with pytest.raises(UnsafeArchiveError):
        archive.extract(place / "data")


@pytest.mark.parametrize(
    "name",
    [
        "a" * 255,
        "a/" * 31 + "a",
        "CONSOLE",
        "nul1",
        "COM",
        "lpt10.txt",
        ".hidden",
        "a b",
        "..a",
        "a..b",
        "ü",
        "e\u0301",
        "a'",
    ],
)
def test_extract_name_that_only_looks_odd_keeps_it(make, place, name):
    archive = make({"x": b"", name: b"1"})
    assert archive.renamed == {}
    archive.extract(place / "data", names="strict")
    assert (place / "data" / name).read_bytes() == b"1"


RENAMED = [
    ("a.", "a_"),
    ("a ", "a_"),
    ("a. .", "a___"),
    ("...", "___"),
    ("a./b", "a_/b"),
    ("10:30.jpg", "10_30.jpg"),
    ("a.txt:hidden", "a.txt_hidden"),
    ("a\\b", "a_b"),
    ("a\nb", "a_b"),
    ("a\x1b[2J", "a_[2J"),
    ("a\x7f", "a_"),
    ("a\x85b", "a_b"),
    *((f"what{character}/b", "what_/b") for character in '<>"|?*'),
    ("CON", "CON_"),
    ("con.txt", "con_.txt"),
    ("a/NUL/x", "a/NUL_/x"),
    ("aux .tar.gz", "aux _.tar.gz"),
    ("LPT1.x", "LPT1_.x"),
    ("com¹", "com¹_"),
    ("CONIN$", "CONIN$_"),
    ("a" * 300, "a" * 255),
    ("a" * 300 + ".jpg", "a" * 251 + ".jpg"),
    ("ü" * 130 + ".jpeg", "ü" * 125 + ".jpeg"),
    ("a" * 254 + " b", "a" * 254),
    ("a." + "b" * 300, "a." + "b" * 253),
]


@pytest.mark.parametrize(("name", "safe"), RENAMED)
@pytest.mark.parametrize("root", ["", "root/"])
def test_extract_name_that_not_every_system_holds_writes_a_safe_one(make, place, name, safe, root):
    archive = make({f"{root}good.txt": b"1", root + name: b"2"})
    assert archive.renamed == {name: safe}
    archive.extract(place / "data")
    assert (place / "data" / safe).read_bytes() == b"2"
    with pytest.raises(UnsafeArchiveError, match=r"some systems cannot store.*Nothing was"):
        archive.extract(place / "strict", names="strict")
    assert not (place / "strict").exists()


def test_extract_name_that_is_too_long_once_it_is_changed_is_refused(make, place):
    name = "/".join(["CON", "x" * 255, *["x" * 254] * 3])
    assert len(name) == 1024
    archive = make({"good.txt": b"1", name: b"2"})
    with pytest.raises(UnsafeArchiveError, match="more than 1024 bytes, once it is named 'CON_/"):
        archive.extract(place / "data")
    assert tree(place) == {}


@pytest.mark.parametrize("root", ["NUL", "a\\b", " "])
def test_extract_root_folder_of_any_name_is_left_out(make, place, root):
    archive = make({f"{root}/a.txt": b"1"})
    assert (archive.root, archive.renamed) == (root, {})
    archive.extract(place / "data")
    assert tree(place / "data") == {"a.txt": b"1"}


@pytest.mark.parametrize("kind", [0o120777, 0o020666, 0o060660, 0o010644, 0o140755])
def test_links_and_devices_are_refused(make, place, kind):
    archive = make({"a": b"/etc/passwd"}, mode=kind)
    with pytest.raises(UnsafeArchiveError, match="'a' is a link or a device"):
        archive.extract(place / "data")
    assert tree(place) == {}


@pytest.mark.parametrize(("name", "mode"), [("a", 0o040755), ("a/", 0o100644)])
def test_folder_names_with_file_modes_are_refused(make, place, name, mode):
    with pytest.raises(
        UnsafeArchiveError, match="is a folder by its name or by its mode, but not by both"
    ):
        make({name: b""}, mode=mode).extract(place / "data")


@pytest.mark.parametrize(("name", "mode"), [("a", 0o644), ("a/", 0o755), ("a", 0), ("a/", 0)])
def test_modes_without_file_type_are_accepted(make, place, name, mode):
    make({"b": b"", name: b""}, mode=mode).extract(place / "data")
    assert sorted(tree(place / "data")) == ["a", "b"]


def test_folders_with_data_are_refused(make, place):
    archive = make({"a/": b""})
    archive = make({"b/": b"hidden", "c": b""})
    with pytest.raises(UnsafeArchiveError, match="is a folder that has content"):
        archive.extract(place / "data")


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (("a", "a"), "occurs twice"),
        (("x/a", "x/a"), "occurs twice"),
        (("a", "a/b"), "is both a file and a folder"),
        (("a/b", "a"), "is both a file and a folder"),
        (("a", "a/"), "is both a file and a folder"),
        (("a/", "a"), "is both a file and a folder"),
        (("x/a/b/c", "x/a/b"), "is both a file and a folder"),
    ],
)
def test_extract_equal_names_is_refused(make, place, names, what):
    archive = make([("other", b""), *((name, b"") for name in names)])
    with pytest.raises(UnsafeArchiveError, match=what):
        archive.extract(place / "data")
    assert tree(place) == {}


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (("a", "A"), ("a", "A_2")),
        (("A", "a", "x/A"), ("A", "a_2", "x/A")),
        (("x/a.jpg", "x/A.JPG"), ("x/a.jpg", "x/A_2.JPG")),
        (("X/a", "x/b"), ("X/a", "x_2/b")),
        (("X/a", "x/a", "x/b", "X/b"), ("X/a", "x_2/a", "x_2/b", "X/b")),
        (("é", "e\u0301"), ("é", "e\u0301_2")),
        (("ß", "SS"), ("ß", "SS_2")),
        (("a", "A/b"), ("a", "A_2/b")),
        (("\u1e9e", "ss"), ("\u1e9e", "ss_2")),
        (("\u0345", "\u03b9"), ("\u0345", "\u03b9_2")),
        # A name that needs no change keeps it, wherever it is.
        (("a.", "a_"), ("a__2", "a_")),
        (("ab.", "ab ", "ab:", "ab_2"), ("ab_", "ab__2", "ab__3", "ab_2")),
        (("a" * 255, "A" * 255), ("a" * 255, "A" * 253 + "_2")),
    ],
)
def test_extract_renames_files_that_some_system_takes_for_the_same(make, place, names, places):
    archive = make([("other", b""), *((name, name.encode()) for name in names)])
    archive.extract(place / "data")
    pairs = dict(zip(names, places, strict=True))
    assert archive.renamed == {old: new for old, new in pairs.items() if old != new}
    for old, new in pairs.items():
        assert (place / "data" / new).read_bytes() == old.encode()


def test_extract_many_names_of_one_place_takes_no_time_for_each_pair(make):
    # One by one, they would be compared 200 million times.
    kinds = ["".join(signs) for signs in product('<>"|?*:', repeat=5)]
    renamed = make(dict.fromkeys(kinds, b"")).renamed
    assert len(set(renamed.values())) == len(kinds) == 16_807
    assert list(renamed.values())[:3] == ["_____", "______2", "______3"]


def test_names_that_collide_without_the_root_folder_are_refused(make, place):
    archive = make({"r/__MACOSX/x": b"1", "__MACOSX/X": b"2"})
    assert archive.root == "r"
    assert archive.renamed == {"__MACOSX/X": "__MACOSX/X_2"}
    with pytest.raises(UnsafeArchiveError, match="occurs twice"):
        make({"r/__MACOSX/x": b"1", "__MACOSX/x": b"2"}).extract(place / "data")


def test_extract_unknown_policy_for_names_is_an_error(make, place):
    with pytest.raises(UsageError, match="'safe' or 'strict'"):
        make({"a": b""}).extract(place / "data", names="lax")


def test_utf8_name_without_the_flag_is_utf8(tmp_path, place):
    path = write_zip(tmp_path / "x.zip", {"files/pièce": b"1", "files/naïf": b"2"})
    # What writes no flag writes whatever it likes: here one name of each kind.
    data = path.read_bytes().replace("naïf".encode(), b"na\x8bf!")
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            flags = bytes((data[at + offset], data[at + offset + 1] & ~0x08))
            data = data[: at + offset] + flags + data[at + offset + 2 :]
            at = data.find(signature, at + 1)
    path.write_bytes(data)
    archive = ExportArchive.open(path)
    assert [file.path for file in archive.files] == ["files/pièce", "files/naïf!"]
    archive.extract(place / "data")
    assert (place / "data" / "files" / "pièce").read_bytes() == b"1"
    with archive.open_file("files/naïf!") as file:
        assert file.read() == b"2"


def test_repeated_folder_is_accepted(make, place):
    make([("a/", b""), ("a/", b""), ("b", b"")]).extract(place / "data")
    assert sorted(tree(place / "data")) == ["a", "b"]


@given(st.text(max_size=6))
def test_folding_a_name_is_idempotent(name):
    assert folded(folded(name)) == folded(name)


PARTS = st.sampled_from(
    ["a", "A", "..", ".", "", "C:", "\\", "nul", "b.txt", "é", "e\u0301", "x/y", "a.", "a_", "\n"]
)


@given(names=st.lists(st.lists(PARTS, max_size=4).map("/".join), max_size=5))
@settings(max_examples=150, deadline=None)
def test_any_names_write_nothing_outside_the_target(names, tmp_path_factory):
    base = tmp_path_factory.mktemp("hostile")
    place = base / "in" / "place"
    place.mkdir(parents=True)
    archive = ExportArchive.open(
        write_zip(base / "x.zip", [(name, b"1") for name in ("0", *names) if name[-1:] != "/"])
    )
    before = set(base.rglob("*"))
    try:
        archive.extract(place / "data")
    except UnsafeArchiveError:
        assert set(base.rglob("*")) == before
    else:
        new = set(base.rglob("*")) - before
        assert all(path == place / "data" or place / "data" in path.parents for path in new)
        assert sum(path.is_file() for path in new) == len(archive.members)
    shutil.rmtree(base)


def test_invalid_folder_name_is_refused(make, place):
    with pytest.raises(ArchiveError, match="cannot be extracted to .*null"):
        make(collection_members()).extract(place / "a\0b")
    assert tree(place) == {}
