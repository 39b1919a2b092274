"""What can be wrong with a page of the storefront; that the shop is away is ``clients.errors.ShopUnreachableError``."""

from __future__ import annotations

from updategate.clients.errors import ShopError


class StorefrontError(ShopError):
    """Base of all faults of the pages; ``url`` is where the browser stood."""

    def __init__(self, message: str, *, url: str) -> None:
        super().__init__(message)
        self.url = url


class PageElementMissingError(StorefrontError):
    """An element that the page must have did not appear in time: the page is wrong, or the theme names it otherwise."""

    def __init__(self, page: str, name: str, selector: str, url: str, *, detail: str = "did not appear") -> None:
        super().__init__(
            f"On the page {page!r} the element {name!r} ({selector}) {detail}; the browser is at {url}. If the theme"
            f" names it differently, set it in the environment file under selectors: {page}.{name}",
            url=url,
        )
        self.page = page
        self.name = name
        self.selector = selector


class PageStatusError(StorefrontError):
    """The shop answered a page with an HTTP status that the page never has when all is well."""

    def __init__(self, page: str, url: str, status: int) -> None:
        super().__init__(f"The page {page!r} at {url} was answered with HTTP {status}.", url=url)
        self.page = page
        self.status = status


class UnexpectedPageError(StorefrontError):
    """A task led to another page than it must; ``alerts`` is what the shop says there."""

    def __init__(self, expected: str, url: str, alerts: tuple[str, ...]) -> None:
        said = f"; the shop says: {' / '.join(alerts)}" if alerts else ""
        super().__init__(f"Expected to come to {expected}, but the browser is at {url}{said}", url=url)
        self.expected = expected
        self.alerts = alerts
