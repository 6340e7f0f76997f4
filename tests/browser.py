"""A headless browser for tests: Debian's chromium, driven by Playwright, and what it saw of a page."""

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field

#: Looked for in this order; GRADER_CHROMIUM names another. The first makes no windows that nobody sees: it
#: takes half the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MISSING = (
    "NO BROWSER, so nobody has looked at the pages: "
    "apt-get install chromium-headless-shell (or chromium, or set GRADER_CHROMIUM)"
)


def program():
    """Give the browser's path; ``None`` where there is none."""
    named = os.environ.get("GRADER_CHROMIUM")
    return named or next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def browser():
    """Start a browser without windows and end it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not needed where there is no browser

    with sync_playwright() as playwright:
        # Its own sandbox does not start for root, as whom containers run; it opens our own pages alone.
        started = playwright.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        yield started
        started.close()


@dataclass
class Seen:
    """What went on in a page besides being shown: all of it should stay empty but for the page's own file."""

    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def opened(started, file, *, width=1280, height=900, scheme="light", javascript=True):
    """Open a file in a window of its own; give the page and what went on in it."""
    context = started.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=javascript
    )
    page, seen = context.new_page(), Seen()
    page.on("console", lambda message: seen.console.append(message.text))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.goto(file.as_uri())
    yield page, seen
    context.close()
