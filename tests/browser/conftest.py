"""A real headless Chromium, and pages that are watched for everything a report must never do."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from chromium import ARGS, find_chromium

_WATCH_POLICY = """
window.__violations = [];
addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(event.violatedDirective + " " + event.blockedURI);
});
"""


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="module")
def browser():
    """One browser a module: Playwright's loop stays "running" while it lives, and other modules have async tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(playwright), args=ARGS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page with what it did: every request, message, dialog and error since it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def assert_quiet(self) -> None:
        """No word on the console, no error, no dialog, no request beyond the file itself, no policy violation."""
        beyond = [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]
        violations = self.page.evaluate("window.__violations")
        assert (beyond, self.messages, violations) == ([], [], [])


@pytest.fixture
def visit(browser: Browser):
    """Opens a file in a context of its own: `visit(path, width=320, scheme="dark", fragment="#x")`."""
    contexts = []

    def open_file(path, *, width=1400, height=1000, scheme="light", fragment="", **options):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5_000)
        page.add_init_script(_WATCH_POLICY)
        watched = Watched(page)
        page.on("request", lambda request: watched.requests.append(request.url))
        page.on("console", lambda message: watched.messages.append(message.text))
        page.on("pageerror", lambda error: watched.messages.append(str(error)))
        page.on("dialog", lambda dialog: (watched.messages.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri() + fragment)
        return watched

    yield open_file
    for context in contexts:
        context.close()


@pytest.fixture
def opened(visit, report):
    """The page of the module's own `report`, which must have done nothing that a report must not."""
    watched = visit(report)
    yield watched.page
    watched.assert_quiet()
