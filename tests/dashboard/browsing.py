"""A real Chromium, and what it complains about."""

from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Airflow's own doing: its frame's sandbox, and a hint about its login form.
AIRFLOWS_OWN = ("allow-scripts and allow-same-origin", "autocomplete attributes")


class Visit:
    """One profile of the browser.

    Attributes:
        complaints: errors and warnings of consoles, exceptions, and requests to other hosts.
        requests: every URL asked for.
    """

    def __init__(self, context):
        self.context = context
        self.page = context.new_page()
        self.complaints = []
        self.requests = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._request)

    def open(self, url):
        """Go there and wait until the delivery page is drawn, framed or not."""
        self.page.goto(url)
        return self.drawn()

    def drawn(self):
        """The frame in which the page stands, drawn."""
        frame = self.page.main_frame
        if "/plugin/sms" in self.page.url:
            self.page.wait_for_selector("iframe")
            frame = self.page.query_selector("iframe").content_frame()
        frame.wait_for_selector('#page[aria-busy="false"]', state="attached")
        return frame

    def log_in(self, server, user):
        """As a person does, in Airflow's own form."""
        self.complaints.clear()  # Airflow's own page has asked for things without a login before
        self.page.fill("input[name=username]", user)
        self.page.fill("input[name=password]", server.password(user))
        self.page.click("button[type=submit]")

    def _console(self, message):
        if message.type in ("error", "warning") and not any(
            text in message.text for text in AIRFLOWS_OWN
        ):
            self.complaints.append(message.text)

    def _request(self, request):
        self.requests.append(request.url)
        own = urlsplit(self.page.url).netloc or urlsplit(request.url).netloc
        place = urlsplit(request.url)
        if place.scheme in ("http", "https", "ws", "wss") and place.netloc != own:
            self.complaints.append(f"a request to {request.url}")


class Browsing:
    """A Chromium that runs until the end of the block."""

    def __init__(self, chromium):
        self._chromium = chromium

    def __enter__(self):
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=self._chromium, args=FLAGS)
        return self

    def __exit__(self, *_):
        self._browser.close()
        self._playwright.stop()

    @contextmanager
    def visit(self, **options):
        """A fresh profile; options as of Playwright's `new_context`."""
        context = self._browser.new_context(
            **{"viewport": {"width": 1400, "height": 900}, **options}
        )
        try:
            yield Visit(context)
        finally:
            context.close()
