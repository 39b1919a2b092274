"""What every page of the storefront has: elements, coming and going, messages, prices in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import ElementHandle, Locator, Response
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from updategate.clients.errors import RequestFaultError, ShopUnreachableError
from updategate.clients.storefront.errors import PageElementMissingError, PageStatusError, UnexpectedPageError
from updategate.clients.storefront.money_text import parse_money
from updategate.clients.storefront.selectors import MissingSelector
from updategate.domain.money import Money

if TYPE_CHECKING:
    from updategate.clients.storefront.storefront import Storefront

# Shopware attaches its JavaScript to an element some time after the page is loaded (6.6 loads it on demand) and keeps
# what it attached in `__plugins`. A shop without that is taken as ready.
_PLUGINS_ATTACHED = "element => !window.PluginManager || (element.__plugins && element.__plugins.size > 0)"

_BLOCKED_BY = """form => form.noValidate ? [] : [...form.elements]
    .filter(field => field.willValidate && !field.checkValidity())
    .map(field => (field.name || field.id) + ': ' + field.validationMessage)"""

# A box may hold a list of messages.
_READ_ALERTS = """(boxes, css) => boxes.flatMap(box => {
    const content = box.querySelector(css) || box, list = [...content.querySelectorAll('li')];
    return (list.length ? list : [content]).map(part => [box.className, part.innerText.trim()]);
})"""


@dataclass(frozen=True, slots=True)
class Alert:
    """A message box: ``kind`` is Bootstrap's word (``success``, ``info``, ``warning``, ``danger``)."""

    kind: str
    text: str


class StorefrontPage:
    """Base of the page objects: ``page_name`` is the page's name in the table of selectors."""

    page_name = "shared"

    def __init__(self, storefront: Storefront) -> None:
        self._storefront = storefront
        self._page = storefront.window.page

    @property
    def url(self) -> str:
        """Where the browser stands."""
        return self._page.url

    @property
    def path(self) -> str:
        """The path of the address, without host and query."""
        return urlsplit(self._page.url).path

    @property
    def locale(self) -> str:
        """The language of the page as its ``lang`` attribute says, such as ``de-DE``."""
        return self._page.locator("html").get_attribute("lang") or self._storefront.window.settings.locale

    def alerts(self) -> tuple[Alert, ...]:
        """Return the messages that the page shows now, in order."""
        boxes = self._page.locator(self._css("alert", page="shared")).locator("visible=true")
        found = boxes.evaluate_all(_READ_ALERTS, self._css("alert_text", page="shared"))
        kinds = ("success", "info", "warning", "danger")
        return tuple(
            Alert(next((kind for kind in kinds if f"alert-{kind}" in names), ""), text) for names, text in found
        )

    def missing_selectors(self) -> list[MissingSelector]:
        """Return the required elements that the page, as it is shown now, does not have."""
        required = self._storefront.selectors.required(self.page_name)
        return [
            MissingSelector(self.page_name, name, css)
            for name, css in required.items()
            if self._page.locator(css).count() == 0
        ]

    def _said(self) -> tuple[str, ...]:
        return tuple(alert.text for alert in self.alerts())

    # -- finding ------------------------------------------------------------------------------------------------

    def _css(self, name: str, page: str | None = None) -> str:
        return self._storefront.selectors.css(page or self.page_name, name)

    def _all(self, name: str, page: str | None = None) -> Locator:
        return self._page.locator(self._css(name, page))

    def _get(
        self, name: str, *, page: str | None = None, within: Locator | None = None, hidden: bool = False
    ) -> Locator:
        """Return the first such element once it is there; ``PageElementMissingError`` if it does not appear in time."""
        css = self._css(name, page)
        found = (within or self._page).locator(css).first
        try:
            found.wait_for(state="attached" if hidden else "visible")
        except PlaywrightTimeoutError as late:
            raise self._missing(name, css, page) from late
        return found

    def _missing(self, name: str, css: str, page: str | None = None, detail: str = "did not appear") -> Exception:
        if self._page.url.startswith("chrome-error:"):
            return ShopUnreachableError(self._storefront.window.base_url, "the browser shows its own error page")
        return PageElementMissingError(page or self.page_name, name, css, self._page.url, detail=detail)

    def _text(self, name: str, *, page: str | None = None) -> str:
        return self._get(name, page=page).inner_text().strip()

    def _money(self, text: str) -> Money:
        return parse_money(text, locale=self.locale, currency=self._storefront.currency)

    def _click(self, name: str, *, page: str | None = None, within: Locator | None = None) -> None:
        # What a click leads to is waited for by _leaving and _loading, with the patience that an answer needs.
        self._do(lambda found: found.click(no_wait_after=True), name, page=page, within=within)

    def _submit(
        self,
        name: str,
        expected: str,
        *,
        not_to: str = "",
        task: Callable[[Locator], object] | None = None,
    ) -> None:
        """Click a button that sends a form, and wait for the page after it.

        A form that the browser does not send because a field is wrong is an error at once.
        """
        blocked = self._get("form", hidden=True).evaluate(_BLOCKED_BY)
        if blocked:
            self._click(name)
            raise UnexpectedPageError(expected, self.url, (*self._said(), *blocked))
        with self._leaving(expected, not_to=not_to):
            self._do(task or (lambda button: button.click(no_wait_after=True)), name)

    def _fill(self, name: str, value: str, *, within: Locator | None = None) -> None:
        self._do(lambda found: found.fill(value), name, within=within)

    def _do(
        self, task: Callable[[Locator], object], name: str, *, page: str | None = None, within: Locator | None = None
    ) -> None:
        found = self._get(name, page=page, within=within)
        try:
            task(found)
        except PlaywrightTimeoutError as late:
            reason = f"cannot be used: {late.message.splitlines()[-1].strip()}"
            raise self._missing(name, self._css(name, page), page, reason) from late

    def _when_ready(self, found: Locator) -> None:
        """Wait until Shopware's JavaScript is attached to the element: a click before that does something else."""
        handle = found.element_handle()
        try:
            self._page.wait_for_function(_PLUGINS_ATTACHED, arg=handle)
        except PlaywrightTimeoutError as late:
            expected = f"working JavaScript on the page {self.page_name!r} (nothing was attached to {found})"
            raise UnexpectedPageError(expected, self._page.url, self._said()) from late

    # -- coming and going ---------------------------------------------------------------------------------------

    def _open(self, path: str) -> None:
        """Go to a path of the shop; a lost connection is tried once more before the shop counts as unreachable."""
        url = self._storefront.url_of(path)
        try:
            response = self._page.goto(url, wait_until="load")
        except PlaywrightError as first:
            if not _is_connection_fault(first):
                raise UnexpectedPageError(url, self._page.url, (_reason(first),)) from first
            try:
                response = self._page.goto(url, wait_until="load")
            except PlaywrightError as second:
                raise ShopUnreachableError(url, _reason(second)) from second
        self._check(response)

    @contextmanager
    def _leaving(self, expected: str, *, not_to: str = "") -> Iterator[None]:
        """Do something that loads a new page, and wait until that is loaded; no new page is an error.

        ``not_to`` is a path that the page's script only writes into the browser's history on the way.
        """

        def awaited(url: str) -> bool:
            return not not_to or not urlsplit(url).path.endswith(not_to)

        try:
            with self._page.expect_navigation(url=awaited, wait_until="load") as coming:
                yield
            response = coming.value
        except PlaywrightTimeoutError as late:
            raise UnexpectedPageError(expected, self._page.url, self._said()) from late
        except PlaywrightError as fault:
            raise self._fault(fault) from fault
        self._check(response)

    @contextmanager
    def _loading(self, part: str, *, replaces: ElementHandle | None) -> Iterator[None]:
        """Do something that reloads a part of the page from a URL holding ``part``; wait for answer and replacement."""
        try:
            with self._page.expect_response(
                lambda response: _is_answer(response, part),
                timeout=self._storefront.window.settings.answer_timeout * 1000,
            ) as coming:
                yield
            response = coming.value
        except PlaywrightTimeoutError as late:
            expected = f"an answer from {part} on the page {self.page_name!r}"
            raise UnexpectedPageError(expected, self._page.url, self._said()) from late
        if response.status >= 400:
            raise PageStatusError(self.page_name, response.url, response.status)
        if replaces is not None:
            replaces.wait_for_element_state("hidden")

    def _check(self, response: Response | None) -> None:
        if response is not None and response.status >= 400:
            raise PageStatusError(self.page_name, response.url, response.status)
        if self._page.url.startswith("chrome-error:"):
            raise ShopUnreachableError(self._storefront.window.base_url, "the browser shows its own error page")

    def _fault(self, fault: PlaywrightError) -> Exception:
        """Tell a shop that is away from a single request that failed, by looking a second time."""
        if not _is_connection_fault(fault):
            return UnexpectedPageError(f"a page after {self.page_name!r}", self._page.url, (_reason(fault),))
        base = self._storefront.window.base_url
        try:
            self._storefront.window.context.request.get(base + "/", max_redirects=0, timeout=10_000)
        except PlaywrightError as second:
            return ShopUnreachableError(base, _reason(second))
        return RequestFaultError(f"A request of the page {self._page.url}", _reason(fault))


def _is_answer(response: Response, part: str) -> bool:
    """Whether this is what the page waits for: the part of the page, or that the shop refused to change it."""
    if response.status >= 400:
        return response.request.method == "POST" or part in urlsplit(response.url).path
    return part in urlsplit(response.url).path and response.status < 300


def _is_connection_fault(fault: PlaywrightError) -> bool:
    return "net::ERR_" in fault.message or isinstance(fault, PlaywrightTimeoutError)


def _reason(fault: PlaywrightError) -> str:
    line = fault.message.splitlines()[0]
    return line.split(" at http", maxsplit=1)[0].removeprefix("Page.goto: ")
