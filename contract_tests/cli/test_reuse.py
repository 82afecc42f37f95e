"""``download --reuse``."""

from datetime import timedelta

import pytest
from helpers import api
from prolific_exports import UsageError
from prolific_exports._cli._times import reusable_age
from sdk.test_reuse import archive_of

KIND = "collection"
LISTED = {"created_at": "2026-03-20T09:00:00Z"}


def interrupt(request):
    raise KeyboardInterrupt


@pytest.fixture
def there(folder):
    path = folder / "data.zip"
    path.write_bytes(archive_of(KIND))
    return path


def test_file_at_the_destination_is_printed_without_a_request(cli, router, there):
    outcome = cli("download", KIND, api.COLLECTION, "-o", "data.zip", "--reuse", "6h")

    assert (outcome.code, outcome.out) == (0, "data.zip\n")
    assert "data.zip is complete, so nothing is requested" in outcome.err
    assert "saved" not in outcome.err
    assert len(router.calls) == 0


def test_json_says_that_the_file_was_used(cli, router, there):
    outcome = cli("download", KIND, api.COLLECTION, "-o", "data.zip", "--reuse", "any", "--json")

    (result,) = outcome.json["results"]
    assert (result["status"], result["reused"], result["path"]) == ("saved", "file", "data.zip")
    assert (result["size"], result["export_id"]) == (there.stat().st_size, None)
    assert result["seconds"] == {"waiting": None, "transfer": None, "total": 0.0}


def test_complete_export_is_downloaded(cli, router, store):
    post = router.post(api.post_url(KIND)).mock(side_effect=AssertionError)
    router.get(api.post_url(KIND)).mock(return_value=api.jobs(api.listed(**LISTED)))
    router.get(api.get_url(KIND)).mock(return_value=api.complete())

    outcome = cli(
        *("download", KIND, api.COLLECTION, "-o", "data.zip", "--reuse", "6h", "--json"),
        "--no-codebook",
    )

    assert outcome.json["results"][0]["reused"] == "job"
    assert f"export {api.EXPORT_ID} is complete, so no new one is requested" in outcome.err
    assert post.call_count == 0


def test_several_ids_are_reused_in_a_folder(cli, router, folder):
    ids = [api.COLLECTION, api.COLLECTION.replace("1", "2")]
    for one in ids:
        name = f"{one}-export-20260320-070000.zip"
        (folder / name).write_bytes(archive_of(KIND, one))

    outcome = cli("download", KIND, *ids, "--reuse", "6h", "--json")

    assert [one["reused"] for one in outcome.json["results"]] == ["file", "file"]
    assert len(router.calls) == 0


def test_old_file_is_an_error_that_says_so(cli, router, there):
    outcome = cli("download", KIND, api.COLLECTION, "-o", "data.zip", "--reuse", "90m")

    assert outcome.code == 1
    assert "The existing file was not used: It is older than 1:30:00." in outcome.err


def test_interrupted_download_is_resumed_with_the_option(cli, router):
    router.get(api.post_url(KIND)).mock(side_effect=interrupt)

    outcome = cli("download", KIND, api.COLLECTION, "--reuse", "6h", "--json")

    assert outcome.json["results"][0]["resume"][-3:] == ["--reuse", "6h", "--json"]


def test_named_export_is_resumed_without_the_option(cli, router):
    router.get(api.post_url(KIND)).mock(return_value=api.jobs())
    router.post(api.post_url(KIND)).mock(return_value=api.generating())
    router.get(api.get_url(KIND)).mock(side_effect=interrupt)

    outcome = cli("download", KIND, api.COLLECTION, "--reuse", "6h", "--json")

    resume = outcome.json["results"][0]["resume"]
    assert "--export-id" in resume
    assert "--reuse" not in resume


@pytest.mark.parametrize("age", ["6", "h", "", "0h", "-1h", "9" * 12 + "w"])
def test_malformed_age_is_wrong_usage(cli, router, age):
    outcome = cli("download", KIND, api.COLLECTION, f"--reuse={age}")

    assert outcome.code == 2
    assert "--reuse" in outcome.err


def test_named_export_excludes_reuse(cli, router):
    outcome = cli("download", KIND, api.COLLECTION, "--export-id", api.EXPORT_ID, "--reuse", "6h")

    assert outcome.code == 2
    assert "leave out one of them" in outcome.err


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, False), ("any", True), (" ANY ", True), ("6h", timedelta(hours=6))],
)
def test_age_is_read(text, expected):
    assert reusable_age(text) == expected


def test_age_that_is_too_long_is_wrong_usage():
    with pytest.raises(UsageError, match="is not an age"):
        reusable_age("9" * 12 + "w")
