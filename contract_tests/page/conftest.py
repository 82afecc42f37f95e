import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import Factory, define
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # For a module only: while playwright runs, asyncio can start no other event loop in this
    # thread, and tests of other modules do.
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no browser is installed: {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        # Chromium's sandbox needs rights that containers lack; the pages are this project's own.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@define
class Opened:
    """A page of the data in a browser.

    Attributes:
        page: The browser's page.
        messages: What it wrote to the console, as for a violation of its policy.
        errors: Errors of its scripts.
        requests: What it asked for, without its own file.
        dialogs: What it opened with ``alert``.
    """

    page: Page
    messages: list[str] = Factory(list)
    errors: list[str] = Factory(list)
    requests: list[str] = Factory(list)
    dialogs: list[str] = Factory(list)

    def watch(self) -> None:
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

        def dismiss(dialog: Any) -> None:
            self.dialogs.append(dialog.message)
            dialog.dismiss()

        self.page.on("dialog", dismiss)

    def open(self, path: Path, fragment: str = "") -> None:
        self.page.goto(f"{path.as_uri()}{fragment}")
        self.page.wait_for_selector("html[data-ready]", state="attached")

    @property
    def status(self) -> str:
        return self.page.inner_text("#status")

    @property
    def chips(self) -> list[str]:
        """The filters in use."""
        texts = self.page.locator(".filter-chip").all_inner_texts()
        return [text.rpartition(" ")[0] for text in texts]

    def bars(self, key: str) -> dict[str, int]:
        """The counts of a question's visible bars by option."""
        found = {}
        for bar in self.page.locator(f"#{key}-card .bar:not([hidden])").all():
            found[bar.locator(".option").inner_text()] = int(bar.locator(".count").inner_text())
        return found

    def bar(self, key: str, option: str) -> Any:
        label = self.page.locator(".option").get_by_text(option, exact=True)
        return self.page.locator(f"#{key}-card .bar", has=label)

    def cells(self, column: int) -> list[str]:
        """The texts of a column of the table; the first one, 0, has the buttons."""
        return self.page.locator(f"tbody td:nth-child({column + 1})").all_inner_texts()

    def fragment(self, expected: str) -> None:
        self.page.wait_for_function("wanted => location.hash === wanted", arg=expected)

    def check(self) -> None:
        """Nothing went wrong, and nothing came from elsewhere."""
        outside = [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]
        assert (self.messages, self.errors, outside, self.dialogs) == ([], [], [], [])

    def violations(self) -> str:
        """What axe finds; empty if nothing."""
        results = Axe().run(self.page)
        return results.generate_report() if results.violations_count else ""


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """Opens a page of the data; ``options`` are those of the browser's context."""
    contexts = []

    def open_page(path: Path, fragment: str = "", **options: Any) -> Opened:
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.watch()
        opened.open(path, fragment)
        return opened

    yield open_page
    for context in contexts:
        context.close()
