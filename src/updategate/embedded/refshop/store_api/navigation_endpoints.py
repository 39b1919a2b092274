"""Categories: the trees of navigation, single pages, addresses, breadcrumbs, site map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from updategate.embedded.refshop.dal.ids import api_time, is_id
from updategate.embedded.refshop.dal.store import Doc

from . import errors
from .cms import page_json
from .entities import Presenter
from .errors import StoreApiError
from .http import Answer, Call, Endpoint
from .listing_endpoints import listing_of
from .product_json import ProductPresenter
from .searching import criteria_of, found_entities, tree_of, trimmed
from .system_endpoints import truthy

Json = dict[str, Any]

_ROOTS = {
    "main-navigation": "navigationCategoryId",
    "footer-navigation": "footerCategoryId",
    "service-navigation": "serviceCategoryId",
}
_DEFAULT_DEPTH = 2


def navigation(call: Call) -> Answer:
    """Show the categories below a root, as a tree or as a list."""
    root = _category(call, _resolved(call, call.path["rootId"]))
    active = _category(call, _resolved(call, call.path["activeId"]))
    depth = int(call.query.get("depth") or call.body.get("depth") or _DEFAULT_DEPTH)
    criteria = criteria_of(call, "category", max_limit=None)
    below = _Below(call, root, tree_of(criteria))
    wanted = below.down_to(int(root.get("level") or 1) + depth)
    wanted |= below.around(active)
    flat = call.get("buildTree")
    if flat is not None and not truthy(flat):
        return Answer(trimmed([below.show(doc, None) for doc in [root, *below.listed(wanted)]], criteria.includes))
    return Answer(trimmed(below.tree(root["id"], wanted), criteria.includes))


def _resolved(call: Call, name: str) -> str:
    if name not in _ROOTS:
        return name
    return str(call.session.channel.get(_ROOTS[name]) or "")


def _category(call: Call, id_: str) -> Doc:
    found = call.shop.store.get("category", id_)
    if found is None:
        raise category_not_found(id_)
    return found


def category_not_found(id_: str) -> StoreApiError:
    """Return the error for a category that there is not."""
    return errors.refused(404, "CONTENT__CATEGORY_NOT_FOUND", f'Category "{id_}" not found.', categoryId=id_)


class _Below:
    """The visible categories below a root."""

    def __init__(self, call: Call, root: Doc, tree: Json) -> None:
        self._presenter = Presenter(call.shop, call.session.languages)
        self._root = root
        self._tree = {"media": {}, **tree}
        marker = f"|{root['id']}|"
        found = [doc for doc in call.shop.store.all("category") if marker in str(doc.get("path") or "")]
        self._children: dict[str, list[Doc]] = {}
        for doc in found:
            if doc.get("active") and doc.get("visible", True):
                self._children.setdefault(str(doc.get("parentId")), []).append(doc)
        for parent_id, docs in self._children.items():
            self._children[parent_id] = in_order(docs)

    def down_to(self, level: int) -> set[str]:
        """Return the ids of those at most so deep; one more level is loaded, to know who has children."""
        return {
            doc["id"] for docs in self._children.values() for doc in docs if int(doc.get("level") or 1) <= level + 1
        }

    def around(self, active: Doc) -> set[str]:
        """Return the ids of what leads to the active category, and of what is right below it."""
        path = [each for each in str(active.get("path") or "").split("|") if each]
        if self._root["id"] not in path and active["id"] != self._root["id"]:
            return set()
        parents = [*path, active["id"]]
        return {doc["id"] for parent in parents for doc in self._children.get(parent, ())}

    def tree(self, parent_id: str, wanted: set[str]) -> list[Json]:
        """Show the children of a category, each with its own."""
        return [
            self.show(doc, self.tree(doc["id"], wanted))
            for doc in self._children.get(parent_id, ())
            if doc["id"] in wanted
        ]

    def listed(self, wanted: set[str]) -> list[Doc]:
        """Return the categories one after the other."""
        return [doc for docs in self._children.values() for doc in docs if doc["id"] in wanted]

    def show(self, doc: Doc, children: list[Json] | None) -> Json:
        """Show one category."""
        shown = self._presenter.entity("category", doc, self._tree)
        shown["children"] = children
        shown["visibleChildCount"] = len(self._children.get(doc["id"], ()))
        return shown


def in_order(docs: Iterable[Doc]) -> list[Doc]:
    """Return siblings in the order in which one points to the one before it, as Shopware's AfterSort does.

    Those that point to nothing come first; where the chain is broken, it goes on with the next one.
    """
    rest = sorted(docs, key=lambda doc: doc.get("afterCategoryId") is not None)
    ordered: list[Doc] = []
    while rest:
        last = ordered[-1]["id"] if ordered else None
        following = next((doc for doc in rest if doc.get("afterCategoryId") == last), rest[0])
        rest.remove(following)
        ordered.append(following)
    return ordered


def categories(call: Call) -> Answer:
    """Search categories."""
    if "sort" not in call.parameters and not call.shop.version.is_65:
        call.body["sort"] = [{"field": "id", "order": "ASC"}]
    active = {"type": "equals", "field": "active", "value": True}
    return Answer(found_entities(call, "category", [active]))


def category(call: Call) -> Answer:
    """Show a category with its page; ``home`` is the root."""
    id_ = call.path["navigationId"]
    home = str(call.session.channel["navigationCategoryId"])
    id_ = home if id_ == "home" else id_
    if not is_id(id_):
        raise errors.invalid_uuid(id_)
    doc = _category(call, id_)
    if not doc.get("active") or (doc.get("type") in ("folder", "link") and id_ != home):
        raise category_not_found(id_)
    shown = Presenter(call.shop, call.session.languages).entity("category", doc, {"media": {}})
    page_id = call.session.channel.get("homeCmsPageId") if id_ == home else None
    page_id = page_id or doc.get("cmsPageId")
    if page_id:
        data = {
            "product-listing": lambda _config: {
                "listing": listing_of(call, id_, page=True),
                "apiAlias": "cms_product_listing",
            }
        }
        shown["cmsPage"] = page_json(call, page_id, doc, "category", data, slots=call.get("slots"))
        shown["cmsPageId"] = page_id
    return Answer(shown)


def cms_page(call: Call) -> Answer:
    """Show a page of the Shopping Experiences by itself."""
    id_ = call.path["id"]
    shown = page_json(call, id_, {"id": id_}, "cms_page", {}, slots=call.get("slots")) if is_id(id_) else None
    if shown is None:
        raise errors.refused(404, "CONTENT__CMS_PAGE_NOT_FOUND", f'Page with id "{id_}" was not found.', pageId=id_)
    return Answer(shown)


def seo_urls(call: Call) -> Answer:
    """Search the readable addresses of the sales channel."""
    fixed = [
        {"type": "equals", "field": "salesChannelId", "value": call.session.channel["id"]},
        {"type": "equals", "field": "languageId", "value": call.session.language_id},
    ]
    return Answer(found_entities(call, "seo_url", fixed))


def breadcrumb(call: Call) -> Answer:
    """Show the categories that lead to a product or a category; since 6.6.7."""
    id_ = call.path["id"]
    if not call.shop.version.at_least(6, 6, 7):
        raise errors.plain_error(404, f'No route found for "GET {call.base_url}/store-api/breadcrumb/{id_}"')
    found = _subject(call, id_)
    if found is None:
        return Answer({"breadcrumbs": [], "apiAlias": "breadcrumb_collection"})
    line = [each for each in str(found.get("path") or "").split("|") if each] + [found["id"]]
    roots = {str(call.session.channel.get(key) or "") for key in _ROOTS.values()}
    start = next((position for position, each in enumerate(line) if each in roots), -1)
    steps = [_step(call, each) for each in line[start + 1 :]]
    return Answer({"breadcrumbs": [step for step in steps if step], "apiAlias": "breadcrumb_collection"})


def _subject(call: Call, id_: str) -> Doc | None:
    if call.get("type") != "category":
        product = call.shop.store.get("product", id_)
        if product is not None:
            referrer = call.shop.store.get("category", str(call.get("referrerCategoryId") or ""))
            return referrer or ProductPresenter(call.shop, call.session).seo_category(product)
    return _category(call, id_)


def _step(call: Call, id_: str) -> Json | None:
    doc = call.shop.store.get("category", id_)
    if doc is None:
        return None
    shown = Presenter(call.shop, call.session.languages).entity("category", doc)
    urls = [
        row
        for row in call.shop.store.where("seo_url", foreignKey=id_, languageId=call.session.language_id)
        if row.get("salesChannelId") == call.session.channel["id"] and row.get("isCanonical")
    ]
    texts = {key: value for key, value in shown["translated"].items() if key not in ("name", "breadcrumb")}
    return {
        "name": shown["translated"]["name"],
        "categoryId": id_,
        "type": doc.get("type"),
        "translated": texts,
        "path": urls[0]["seoPathInfo"] if urls else f"navigation/{id_}",
        "seoUrls": [{key: row[key] for key in ("id", "pathInfo", "seoPathInfo")} for row in urls],
        "apiAlias": "breadcrumb",
    }


def sitemap(call: Call) -> Answer:
    """List the files of the site map, one per address of the sales channel and language."""
    channel_id, language = call.session.channel["id"], call.session.language_id
    folder = f"{call.shop.base_url}/sitemap/salesChannel-{channel_id}-{language}"
    return Answer(
        [
            {
                "filename": f"{folder}/{channel_id}-{domain['id']}-sitemap-{_slug(str(domain.get('url')))}-1.xml.gz",
                "created": api_time(call.shop.clock.now()),
                "apiAlias": "sitemap",
            }
            for domain in call.shop.store.where("sales_channel_domain", salesChannelId=channel_id, languageId=language)
        ]
    )


def _slug(url: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in url.partition("//")[2].partition(":")[0])


ENDPOINTS = [
    *(
        Endpoint(method, path, handler)
        for path, handler in (
            ("/store-api/navigation/{activeId}/{rootId}", navigation),
            ("/store-api/category", categories),
            ("/store-api/category/{navigationId}", category),
            ("/store-api/seo-url", seo_urls),
            ("/store-api/cms/{id}", cms_page),
            ("/store-api/sitemap", sitemap),
        )
        for method in ("GET", "POST")
    ),
    Endpoint("GET", "/store-api/breadcrumb/{id}", breadcrumb),
]
