"""The page of the data in a browser: what it shows, and what filters do."""

import pytest

from page.studies import ordinary, picture, sound, study, upload

pytestmark = pytest.mark.unmeasured


@pytest.fixture
def page_of(tmp_path, open_page):
    def page_of(*records, fragment="", files=None, **options):
        archive = study(tmp_path, *records, files=files)
        archive.to_html(tmp_path / "data.html")
        return open_page(tmp_path / "data.html", fragment, **options)

    return page_of


@pytest.fixture
def meals(page_of):
    """Twelve submissions."""
    page = page_of(*map(ordinary, range(12)))
    yield page
    page.check()


def test_bars_come_in_the_order_of_the_codebook(meals):
    assert meals.bars("q3") == {"Daily": 4, "Weekly": 8, "Never": 0}
    assert list(meals.bars("q3")) == ["Daily", "Weekly", "Never"]
    assert list(meals.bars("q4")) == ["Oven", "Hob", "Grill"]
    assert list(meals.bars("q6")) == ["1", "2", "3", "4", "5"]


def test_choosing_a_bar_filters_the_other_cards_and_the_table(meals):
    meals.bar("q3", "Daily").click()

    assert meals.status == "4 of 12 submissions (33 %)"
    # The own card keeps its counts, so that they can be compared.
    assert meals.bars("q3") == {"Daily": 4, "Weekly": 8, "Never": 0}
    assert meals.bars("q6") == {"1": 1, "2": 1, "3": 0, "4": 1, "5": 1}
    assert len(meals.cells(0)) == 4
    assert meals.chips == ["q3: Daily"]
    meals.fragment("#q3=Daily")


def test_choosing_two_bars_of_a_card_shows_rows_with_either(meals):
    meals.bar("q6", "1").click()
    meals.bar("q6", "2").click()

    assert meals.status == "6 of 12 submissions (50 %)"
    meals.bar("q6", "1").click()
    assert meals.status == "3 of 12 submissions (25 %)"


def test_address_restores_filters_order_and_page(meals, tmp_path):
    meals.bar("q3", "Weekly").click()
    meals.page.fill("#search", "soup")
    meals.page.get_by_role("button", name="q1 Describe").click()
    meals.page.get_by_role("button", name="q1 Describe").click()
    meals.fragment("#q3=Weekly&search=soup&sort=-q1")

    meals.open(tmp_path / "data.html", "#q3=Weekly&search=soup&sort=-q1")

    assert meals.status == "8 of 12 submissions (67 %)"
    assert meals.page.input_value("#search") == "soup"
    assert meals.cells(3)[0] == "Soup number 8"
    assert meals.page.get_attribute("th[aria-sort]", "aria-sort") == "descending"


def test_changing_the_address_changes_the_filters(meals):
    meals.page.evaluate("location.hash = '#q3=Daily&q6=1&q99=x&q3=Unknown'")

    meals.page.wait_for_function(
        "() => document.getElementById('status').textContent.startsWith('1 of')"
    )


def test_every_filter_survives_the_address(page_of, tmp_path):
    fragment = (
        "#participant=p1&from=2026-03-01T00%3A00%3A00.000Z&to=2026-03-11T00%3A00%3A00.000Z"
        "&q1.is=answered&q2.range=10..100&q2.unit=minutes&q4=Hob"
    )
    page = page_of(*map(ordinary, range(12)), fragment=fragment)

    assert page.status == "2 of 12 submissions (17 %)"
    assert len(page.chips) == 5
    page.bar("q4", "Hob").click()
    page.fragment(fragment.removesuffix("&q4=Hob"))


def test_removing_a_chip_removes_the_filter(meals):
    meals.bar("q3", "Daily").click()
    meals.bar("q6", "1").click()
    meals.page.get_by_role("button", name="Remove the filter q3: Daily").click()
    assert meals.chips == ["q6: 1"]
    meals.bar("q3", "Daily").click()

    meals.page.get_by_role("button", name="Remove all filters").click()

    assert meals.status == "All 12 submissions"
    meals.fragment("")


def test_numbers_are_shown_by_unit_and_filtered_by_range(meals):
    texts = meals.page.locator("#q2-card .unit p").all_inner_texts()
    assert texts == [
        "6 numbers: median 70 minutes, quartiles 45 and 95, from 20 to 120",
        "6 numbers: median 1.5 hours, quartiles 1.5 and 1.5, from 1.5 to 1.5",
    ]
    column = meals.page.get_by_role("button", name="20 to below 25 minutes: 1")
    column.click()
    assert meals.status.startswith("1 of 12")

    meals.page.get_by_role("button", name="40 to below 45 minutes: 1").click()

    assert meals.chips == ["q2: 20 to below 45 minutes"]
    assert meals.status.startswith("2 of 12")


def test_period_is_filtered_by_a_column_and_by_dates(meals):
    meals.page.locator(".period .column").nth(0).click()
    assert meals.status.startswith("1 of 12")

    meals.page.fill("#from", "2026-03-02")
    meals.page.fill("#to", "2026-03-04")

    assert meals.status.startswith("3 of 12")
    assert meals.chips == ["period: 2026-03-02 to 2026-03-04"]


def test_participant_of_the_table_filters(meals):
    meals.page.locator("tbody button.link").nth(1).click()

    assert meals.status.startswith("3 of 12")
    meals.fragment("#participant=p1")


def test_search_finds_words_in_all_answers(meals):
    meals.page.fill("#search", "REASON 11")
    assert meals.cells(3) == ["Soup number 11"]

    meals.page.fill("#search", "nothing like this")
    assert meals.status.startswith("0 of 12")
    assert meals.cells(3) == []


def test_table_has_pages(page_of):
    page = page_of(*map(ordinary, range(60)))
    assert len(page.cells(0)) == 25

    page.page.get_by_role("button", name="Last", exact=True).click()

    assert page.page.locator(".pager [role=status]").inner_text() == "Page 3 of 3"
    assert len(page.cells(0)) == 10
    page.fragment("#page=3")


def test_submission_opens_with_all_answers_and_closes(meals):
    meals.page.get_by_role("button", name="Show the submission s3", exact=True).click()

    dialog = meals.page.locator("dialog")
    assert "Participant p3" in dialog.inner_text()
    assert "Soup number 3" in dialog.inner_text()
    assert "Reason 3" in dialog.inner_text()
    meals.fragment("#submission=s3")
    dialog.get_by_role("button", name="Next").click()
    assert "Soup number 4" in dialog.inner_text()
    meals.page.keyboard.press("Escape")
    assert not dialog.is_visible()
    meals.fragment("")


def test_pictures_and_recordings_are_shown(page_of):
    page = page_of(
        upload(1, **{"a.png": "a.png", "say.wav": "say.wav", "x.html": "x.html"}),
        files={"a.png": picture(), "say.wav": sound(), "x.html": b"<script>alert(1)</script>"},
    )

    shown = page.page.locator(".wall img")
    assert shown.get_attribute("alt") == "a.png, from p1"
    page.page.wait_for_function("() => document.querySelector('.wall img').naturalWidth === 8")
    page.page.wait_for_function("() => document.querySelector('audio').duration === 0.1")
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name="Save x.html (25 bytes)").click()
    assert download.value.suggested_filename == "x.html"
    page.check()


def test_pictures_and_recordings_in_the_folder_are_shown(tmp_path, open_page):
    archive = study(
        tmp_path,
        upload(1, **{"a #1.png": "a.png", "say.wav": "say.wav"}),
        files={"a.png": picture(side=9), "say.wav": sound()},
    )
    archive.to_html(tmp_path / "data.html", embed_limit=0)
    page = open_page(tmp_path / "data.html")

    page.page.wait_for_function("() => document.querySelector('.wall img').naturalWidth === 9")
    page.page.evaluate("document.querySelector('audio').load()")
    page.page.evaluate("document.querySelector('audio').preload = 'metadata'")
    page.page.wait_for_function("() => document.querySelector('audio').duration === 0.1")
    page.check()


def test_page_without_its_script_has_the_header(tmp_path, browser):
    study(tmp_path, *map(ordinary, range(3))).to_html(tmp_path / "data.html")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto((tmp_path / "data.html").as_uri())

    text = page.inner_text("body")
    assert "3 from 3 participants" in text
    assert "Charts, filters and answers need JavaScript." in text
    assert not page.locator("#theme").is_visible()
    context.close()


@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "dark"), (800, "light"), (1280, "light"), (1280, "dark")], ids=str
)
def test_page_is_accessible_and_fits(page_of, width, scheme):
    page = page_of(
        *map(ordinary, range(30)),
        upload(31, **{"a.png": "a.png", "say.wav": "say.wav"}),
        files={"a.png": picture(), "say.wav": sound()},
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    )
    page.bar("q3", "Daily").click()

    assert page.violations() == ""
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    page.page.get_by_role("button", name="Show the submission s0", exact=True).click()
    assert page.violations() == ""
    page.check()


def test_cards_are_usable_by_keyboard(meals):
    meals.page.locator("#q3-card").focus()
    meals.page.keyboard.press("Tab")
    meals.page.keyboard.press("ArrowDown")
    meals.page.keyboard.press("Enter")
    assert meals.status == "8 of 12 submissions (67 %)"

    # One stop for all bars of a card.
    meals.page.keyboard.press("Home")
    meals.page.keyboard.press("Enter")
    assert meals.status == "All 12 submissions"
    meals.page.keyboard.press("Tab")
    assert meals.page.evaluate("document.activeElement.closest('article').id") == "q4-card"
