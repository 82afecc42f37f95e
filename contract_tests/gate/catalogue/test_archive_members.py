"""The mutants and variants whose archives have unusual members, each as its sentence says."""

import io
import re
import zipfile
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from helpers.export_requests import GENERATION, TOKEN, ask, content
from prolific_contract import KINDS, path_of
from prolific_contract.sandbox import ManualClock, SandboxSettings, Site, body_of
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite
from prolific_contract.sandbox.variants import VARIANTS, VariantSite

NOTHING = "?from=2015-01-01T00:00:00Z&to=2015-01-02T00:00:00Z"
SETTINGS = SandboxSettings(
    edition="2026-11", token=TOKEN, generation_seconds=GENERATION, submissions=3, files=1
)
EXTRA = [
    ("archive-absolute", lambda first: f"/{first}"),
    ("archive-climbing", lambda first: f"../{first}"),
    ("archive-backslash", lambda first: first.replace("/", "\\")),
    ("archive-drive", lambda first: f"C:{first}"),
    ("archive-null", lambda first: f"{first}\0.txt"),
    ("archive-nameless", lambda first: ""),
    ("archive-name-twice", lambda first: first),
]


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def archive_of(site, clock, kind, query=""):
    """The bytes of the archive of a new job."""
    path = path_of(kind, SETTINGS.id_of(kind))
    job = body_of(ask(site, "POST", f"{path}{query}", f"Token {TOKEN}"))["export_id"]
    clock.advance(GENERATION)
    url = urlsplit(body_of(ask(site, "GET", f"{path}/{job}", f"Token {TOKEN}"))["url"])
    return content(ask(site, "GET", f"{unquote(url.path)}?{url.query}", None))


def clean(kind, query=""):
    clock = ManualClock()
    site = Site(SETTINGS, clock)
    try:
        return archive_of(site, clock, kind, query)
    finally:
        site.close()


def mutated(fault, kind, query=""):
    clock = ManualClock()
    site = MutatedSite(MUTANTS[f"{fault}@{kind}-archive"], SETTINGS, clock)
    try:
        return archive_of(site, clock, kind, query)
    finally:
        site.close()


def varied(name, kind, query=""):
    clock = ManualClock()
    site = VariantSite(VARIANTS[name], SETTINGS, clock)
    try:
        return archive_of(site, clock, kind, query)
    finally:
        site.close()


def entries(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.infolist()


def names(data):
    # zipfile changes unusual names; this is how they are stored.
    return [entry.orig_filename for entry in entries(data)]


def texts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(("fault", "write"), EXTRA)
def test_mutant_with_one_more_member_keeps_the_others(kind, fault, write):
    right = names(clean(kind))

    assert names(mutated(fault, kind)) == [*right, write(right[0])]


def test_mutant_omits_the_readme(kind):
    right = names(clean(kind))

    assert names(mutated("archive-no-readme", kind)) == [
        name for name in right if not name.endswith("/README.md")
    ]
    assert len(names(mutated("archive-no-readme", kind))) == len(right) - 1


@pytest.mark.parametrize(
    ("fault", "marks"),
    [("archive-encrypted", (1, 8)), ("archive-encrypted-aes", (0, 99))],
)
def test_mutant_marks_every_member_as_encrypted(kind, fault, marks):
    made = entries(mutated(fault, kind))

    assert {(entry.flag_bits & 1, entry.compress_type) for entry in made} == {marks}
    assert [entry.filename for entry in made] == names(clean(kind))


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("archive-other-resource", r"-export-0192a3b4-c5d6-4e8f-9a0b-1c2d3e4f5a6b-[0-9T]+/"),
        ("archive-no-time", r"-export-.+-20260230T250000/"),
    ],
)
def test_mutant_names_another_root_folder(kind, fault, pattern):
    right, made = names(clean(kind)), names(mutated(fault, kind))

    assert [name.partition("/")[2] for name in made] == [name.partition("/")[2] for name in right]
    assert all(re.match(f"{kind}{pattern}", name) for name in made)
    assert not any(re.match(f"{kind}{pattern}", name) for name in right)


@pytest.mark.parametrize(("fault", "days"), [("archive-stale", -2), ("archive-from-future", 2)])
def test_mutant_moves_the_time_of_the_root_folder(kind, fault, days):
    today = f"{ManualClock().now():%Y%m%dT}"
    other = f"{ManualClock().now() + timedelta(days=days):%Y%m%dT}"

    right = names(clean(kind))
    assert names(mutated(fault, kind)) == [name.replace(today, other) for name in right]


def test_mutant_names_the_root_folder_otherwise_only_for_collections():
    right = names(clean("collection"))

    made = names(mutated("archive-other-root", "collection"))
    assert made == [f"export/{name.partition('/')[2]}" for name in right]
    assert "archive-other-root@batch-archive" not in MUTANTS


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("archive-own-names", r"files/photo\.[a-z]+"),
        ("archive-nested-files", r"files/[0-9a-f]+/[0-9a-f-]+_0\.[a-z]+"),
        ("archive-flat-files", r"[0-9a-f]+_[0-9a-f-]+_0\.[a-z]+"),
        ("archive-files-elsewhere", r"uploads/[0-9a-f]+_[0-9a-f-]+_0\.[a-z]+"),
    ],
)
def test_mutant_renames_uploaded_files(fault, pattern):
    right = names(clean("collection"))
    made = names(mutated(fault, "collection"))

    assert made[:-1] == right[:-1]
    assert re.fullmatch(pattern, made[-1].partition("/")[2])


def test_mutant_omits_the_root_folder_only_for_collections():
    right = names(clean("collection"))

    made = names(mutated("archive-no-root", "collection"))
    assert made == [name.partition("/")[2] for name in right]
    assert "archive-no-root@batch-archive" not in MUTANTS


def test_mutant_empties_the_metadata(kind):
    right, made = texts(clean(kind)), texts(mutated("archive-empty-metadata", kind))

    (metadata,) = [name for name in right if name.endswith(f"/{kind}.json")]
    assert made == {**right, metadata: b""} != right


def test_mutant_empties_the_readme_only_for_collections():
    right, made = texts(clean("collection")), texts(mutated("archive-empty-readme", "collection"))

    (readme,) = [name for name in right if name.endswith("/README.md")]
    assert made == {**right, readme: b""} != right
    assert "archive-empty-readme@batch-archive" not in MUTANTS


def test_mutant_serves_all_responses_for_a_filter(kind):
    right, made = texts(clean(kind, NOTHING)), texts(mutated("archive-unfiltered", kind, NOTHING))

    assert made.keys() == right.keys()
    lines = {name for name in right if name.endswith(".jsonl")}
    assert all(not right[name] and made[name] for name in lines)
    assert all(made[name] == right[name] for name in right.keys() - lines)
    assert names(mutated("archive-unfiltered", kind)) == names(clean(kind))


def test_mutant_serves_all_files_for_a_filter(kind):
    right = texts(clean(kind, NOTHING))
    made = texts(mutated("archive-unfiltered-files", kind, NOTHING))

    (more,) = made.keys() - right.keys()
    assert "/files/" in more
    assert all(made[name] == right[name] for name in right)


# Variants.


def test_variant_shifts_the_time_of_the_root_folder(kind):
    now = ManualClock().now()
    right = names(clean(kind))

    for variant, hours in (("archive-root-east", 14), ("archive-root-west", -12)):
        shifted = f"{now + timedelta(hours=hours):%Y%m%dT%H%M%S}"
        made = names(varied(variant, kind))
        assert made == [name.replace(f"{now:%Y%m%dT%H%M%S}", shifted) for name in right]


def test_variant_writes_the_resource_in_upper_case(kind):
    upper = SETTINGS.id_of(kind).upper()
    right = names(clean(kind))

    made = names(varied("archive-root-upper", kind))
    assert made == [name.replace(SETTINGS.id_of(kind), upper) for name in right] != right


def test_variant_renames_the_root_folder_of_batches(kind):
    right = names(clean(kind))
    made = names(varied("archive-root-of-batch", kind))

    renamed = [f"data/{name.partition('/')[2]}" for name in right]
    assert made == (renamed if kind == "batch" else right)


def test_variant_omits_the_root_folder_of_batches(kind):
    right = names(clean(kind))
    made = names(varied("archive-rootless", kind))

    rootless = [name.partition("/")[2] for name in right]
    assert made == (rootless if kind == "batch" else right)


def test_variant_names_uploaded_files_without_extension(kind):
    right = names(clean(kind))
    made = names(varied("archive-uploads-bare", kind))

    assert made == [*right[:-1], right[-1].rpartition(".")[0]]


def test_variant_streams_archives(kind):
    made = varied("archive-streamed", kind)

    # Bit 3: the sizes follow the data.
    assert all(entry.flag_bits & 8 for entry in entries(made))
    assert texts(made) == texts(clean(kind))
    empty = texts(varied("archive-streamed", kind, NOTHING))
    assert {text for name, text in empty.items() if name.endswith(".jsonl")} == {b"\n"}
