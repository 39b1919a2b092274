"""Products: list, single page, variants, cross selling, reviews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.dal.ids import is_id
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.dynamic_access import may_see

from . import errors
from .cms import page_json
from .entities import Presenter, found_in_search, search_result
from .http import Answer, Call, Endpoint
from .listing import sorted_groups, sorted_options
from .product_json import ProductPresenter
from .searching import MAX_LIMIT, criteria_of, find, found_entities, tree_of, trimmed
from .session import catalogue_of
from .validation import not_blank, raise_if, setting

Json = dict[str, Any]

_PAGE_TREE: Json = {"cover": {"media": {}}, "deliveryTime": {}}
_REVIEWS_A_PAGE = 10
_TITLE_LENGTH, _CONTENT_LENGTH = 5, 40
_MOST_POINTS = 5


def products(call: Call) -> Answer:
    """Search products that are active and visible."""
    criteria = criteria_of(call, "product")
    seen = _seen_ids(call)
    criteria.filters = [*criteria.filters, lambda _context, _definition, doc: doc["id"] in seen]
    found = find(call, "product", criteria)
    presenter, tree = ProductPresenter(call.shop, call.session), tree_of(criteria)
    limit = criteria.limit or MAX_LIMIT
    result = search_result(
        "product",
        [presenter.show(doc, tree) for doc in found.docs],
        found.total,
        page=criteria.offset // limit + 1,
        limit=limit,
        aggregations=found.aggregations or [],
    )
    return Answer(trimmed(result, criteria.includes))


def _seen_ids(call: Call) -> set[str]:
    catalogue, channel_id = catalogue_of(call.shop), call.session.channel["id"]
    found = set()
    for doc in call.shop.store.all("product"):
        filled, parent = catalogue.inherited(doc["id"]) or (doc, None)
        shown = may_see(call.shop.store, doc["id"], call.session.context.rule_ids)
        if shown and catalogue.is_sold(filled, parent, channel_id):
            found.add(doc["id"])
    return found


def detail(call: Call) -> Answer:
    """Show one product with its page and the choice of variants; a parent shows its best variant."""
    wanted = call.path["productId"]
    if not is_id(wanted):
        raise errors.invalid_uuid(wanted)
    criteria = criteria_of(call, "product", max_limit=None)
    presenter = ProductPresenter(call.shop, call.session)
    id_ = _main_variant(call, wanted) or _best_variant(call, presenter, wanted) or wanted
    doc = call.shop.store.get("product", id_)
    if doc is None or presenter.product(id_) is None:
        raise errors.refused(404, "CONTENT__PRODUCT_NOT_FOUND", f"Product for id {id_} not found.", productId=id_)
    tree = {**_PAGE_TREE, **tree_of(criteria)}
    shown = presenter.show(doc, tree)
    category = presenter.seo_category(doc)
    if category is not None:
        shown["seoCategory"] = {
            "extensions": found_in_search(autoIncrement=category.get("autoIncrement")),
            **presenter.entities.entity("category", category),
        }
    filled, _ = catalogue_of(call.shop).inherited(id_) or (doc, None)
    page_id = None if call.shop.version.is_65 else filled.get("cmsPageId")
    page_id = page_id or doc.get("cmsPageId") or _default_page(call)
    if page_id:
        shown["cmsPageId"] = page_id
        copy = {key: value for key, value in shown.items() if key != "cmsPage"}
        shown["cmsPage"] = page_json(
            call, page_id, filled, "product", _slots(call, filled, copy), slots=call.get("slots")
        )
    result = {"apiAlias": "product_detail", "product": shown, "configurator": configurator(call, filled)}
    return Answer(trimmed(result, criteria.includes))


def _default_page(call: Call) -> str | None:
    if call.shop.version.is_65:
        return None
    value = setting(call, "core.cms.default_product_cms_page")
    return str(value) if value else None


def _slots(call: Call, doc: Doc, shown: Json) -> Mapping[str, Any]:
    product = {**shown, "cmsPage": None}
    return {
        "buy-box": lambda _config: {
            "productId": doc["id"],
            "totalReviews": len(_approved(call, doc)),
            "product": product,
            "configuratorSettings": configurator(call, doc),
            "apiAlias": "cms_buy_box",
        },
        "product-description-reviews": lambda _config: {
            "productId": None,
            "ratingSuccess": False,
            "reviews": reviews_result(call, doc),
            "product": product,
            "apiAlias": "cms_product_description_reviews",
        },
        "cross-selling": lambda _config: {
            "crossSellings": cross_sellings_of(call, doc) or None,
            "apiAlias": "cms_cross_selling",
        },
    }


def _main_variant(call: Call, id_: str) -> str | None:
    doc = call.shop.store.get("product", id_) or {}
    config = doc.get("variantListingConfig") or {}
    main = None if config.get("displayParent") else config.get("mainVariantId")
    return str(main) if main else None


def _best_variant(call: Call, presenter: ProductPresenter, parent_id: str) -> str | None:
    variants = [
        doc for doc in call.shop.store.where("product", parentId=parent_id) if presenter.product(doc["id"]) is not None
    ]
    if not variants:
        return None

    def rank(doc: Doc) -> tuple[bool, Decimal, str]:
        amount = presenter.own_amount(doc) or Decimal(0)
        return (not doc.get("available", True), amount, doc["id"])

    return str(min(variants, key=rank)["id"])


def configurator(call: Call, doc: Doc) -> list[Json]:
    """Return the groups of options that variants differ in, each with the options that there is a variant for."""
    parent_id = doc.get("parentId")
    if not parent_id:
        return []
    store, languages = call.shop.store, call.session.languages
    settings = store.where("product_configurator_setting", productId=parent_id)
    options = [store.get("property_group_option", row["optionId"]) for row in settings]
    positions = {row["optionId"]: int(row.get("position") or 0) for row in settings}
    by_group: dict[str, list[Doc]] = {}
    for option in options:
        if option is not None:
            by_group.setdefault(option["groupId"], []).append(option)
    variants = [set(row or ()) for row in _combinations(call, parent_id)]
    entities = Presenter(call.shop, languages)
    shown = []
    for group in sorted_groups([store.get("property_group", id_) or {} for id_ in by_group], languages):
        row = entities.entity("property_group", group)
        ordered = sorted_options(group, by_group[group["id"]], languages)
        ordered.sort(key=lambda option: positions[option["id"]])
        row["options"] = []
        for option in ordered:
            if not any(option["id"] in variant for variant in variants):
                continue
            row["options"].append(entities.entity("property_group_option", option))
        shown.append(row)
    return shown


def _combinations(call: Call, parent_id: str) -> Iterable[list[str]]:
    catalogue = catalogue_of(call.shop)
    for variant in call.shop.store.where("product", parentId=parent_id):
        filled, _ = catalogue.inherited(variant["id"]) or (variant, None)
        sold_out = filled.get("isCloseout") and int(filled.get("availableStock") or 0) <= 0
        if filled.get("active") and not sold_out:
            yield _option_ids(call, variant)


def _option_ids(call: Call, doc: Doc) -> list[str]:
    rows = call.shop.store.where("product_option", productId=doc["id"])
    return [row["optionId"] for row in rows] or list(doc.get("optionIds") or ())


def find_variant(call: Call) -> Answer:
    """Find the variant with the chosen options; if there is none, the nearest with the option just chosen."""
    parent_id, options = call.path["productId"], call.get("options") or {}
    wanted: dict[str, str] = dict(options) if isinstance(options, dict) else {}
    switched = call.get("switchedGroup")
    wanted = call.shop.behaviour.variant_options(wanted, switched)
    presenter = ProductPresenter(call.shop, call.session)
    variants = [
        (doc["id"], set(_option_ids(call, doc)))
        for doc in call.shop.store.where("product", parentId=parent_id)
        if presenter.product(doc["id"]) is not None
    ]
    while True:
        for id_, own in sorted(variants):
            if set(wanted.values()) <= own:
                return Answer(
                    {
                        "variantId": id_,
                        "options": wanted,
                        "apiAlias": "shopware_core_content_product_sales_channel_find_variant_found_combination",
                    }
                )
        dropped = next((group for group in wanted if group != switched), None)
        if len(wanted) <= 1 or dropped is None:
            break
        del wanted[dropped]
    shown = ", ".join(wanted.values())
    raise errors.refused(
        404,
        "CONTENT__PRODUCT_VARIANT_NOT_FOUND",
        f'Variant for productId "{parent_id}" with options "{shown}" not found.',
        productId=parent_id,
        options=list(wanted.values()),
    )


def cross_selling(call: Call) -> Answer:
    """List what is offered along with a product."""
    doc = _seen(call)
    return Answer(cross_sellings_of(call, doc))


def cross_sellings_of(call: Call, doc: Doc) -> list[Json]:
    """Return the active groups of products that are offered along with one."""
    store, presenter = call.shop.store, ProductPresenter(call.shop, call.session)
    shown = []
    for group in sorted(
        store.where("product_cross_selling", productId=doc["id"]), key=lambda row: row.get("position") or 0
    ):
        if not group.get("active"):
            continue
        rows = store.where("product_cross_selling_assigned_products", crossSellingId=group["id"])
        docs = [
            store.get("product", row["productId"]) for row in sorted(rows, key=lambda row: row.get("position") or 0)
        ]
        found = [each for each in docs if each is not None and presenter.product(each["id"]) is not None]
        shown.append(
            {
                "crossSelling": presenter.entities.entity("product_cross_selling", group),
                "products": [presenter.show(each, _PAGE_TREE) for each in found[: int(group.get("limit") or 24)]],
                "total": len(found),
                "streamId": group.get("productStreamId"),
                "apiAlias": "cross_selling_element",
            }
        )
    return shown


def _seen(call: Call) -> Doc:
    id_ = call.path["productId"]
    if not is_id(id_):
        raise errors.invalid_uuid(id_)
    doc = call.shop.store.get("product", id_)
    if doc is None or ProductPresenter(call.shop, call.session).product(id_) is None:
        raise errors.refused(404, "CONTENT__PRODUCT_NOT_FOUND", f"Product for id {id_} not found.", productId=id_)
    return doc


def _approved(call: Call, doc: Doc) -> list[Doc]:
    family = doc.get("parentId") or doc["id"]
    return [row for row in call.shop.store.where("product_review", productId=family) if row.get("status")]


def reviews(call: Call) -> Answer:
    """List the approved reviews of a product."""
    fixed: list[Json] = [
        {"type": "equals", "field": "productId", "value": call.path["productId"]},
        {"type": "equals", "field": "status", "value": True},
    ]
    return Answer(found_entities(call, "product_review", fixed))


def reviews_result(call: Call, doc: Doc) -> Json:
    """Return the reviews as product pages show them, with how often which points were given."""
    rows = _approved(call, doc)
    entities = Presenter(call.shop, call.session.languages)
    matrix: dict[str, Any] = {str(points): [] for points in range(_MOST_POINTS, 0, -1)}
    for row in rows:
        matrix[str(int(row.get("points") or 1))].append(row["id"])
    family = doc.get("parentId") or doc["id"]
    buckets = [
        {"key": points, "count": len(ids), "apiAlias": "aggregation_bucket"} for points, ids in matrix.items() if ids
    ]
    return search_result(
        "product_review",
        [entities.entity("product_review", row) for row in rows[:_REVIEWS_A_PAGE]],
        len(rows),
        limit=_REVIEWS_A_PAGE,
        aggregations={
            "ratingMatrix": {"name": "ratingMatrix", "buckets": buckets, "apiAlias": "ratingMatrix_aggregation"}
        },
        parentId=family,
        productId=doc["id"],
        matrix={
            "matrix": {
                points: {"points": int(points), "count": len(ids)} if ids else [] for points, ids in matrix.items()
            },
            "totalReviewCount": len(rows),
            "pointSum": sum(int(row.get("points") or 0) for row in rows),
            "apiAlias": "shopware_core_content_product_sales_channel_review_rating_matrix",
        },
        customerReview=None,
        totalReviews=len(rows),
    )


def save_review(call: Call) -> Answer:
    """Take a review; it shows when the shop has approved it."""
    if not setting(call, "core.listing.showReview"):
        raise errors.refused(403, "PRODUCT__REVIEW_NOT_ACTIVE", "Reviews not activated")
    doc, customer = _seen(call), call.session.customer or {}
    body = {"name": customer.get("firstName"), "email": customer.get("email"), **call.body}
    found = not_blank(body.get("name"), "/name")
    for field, least in (("title", _TITLE_LENGTH), ("content", _CONTENT_LENGTH)):
        value = body.get(field)
        found += not_blank(value, f"/{field}")
        if value and len(str(value)) < least:
            found.append(
                errors.violation(
                    "TOO_SHORT_ERROR",
                    f"This value is too short. It should have {least} characters or more.",
                    f"/{field}",
                    value=f'"{value}"',
                    limit=str(least),
                )
            )
    points = body.get("points")
    if isinstance(points, int | float) and not 1 <= points <= _MOST_POINTS:
        code = "TOO_LOW_ERROR" if points < 1 else "TOO_HIGH_ERROR"
        word = "greater than or equal to 1" if points < 1 else f"less than or equal to {_MOST_POINTS}"
        found.append(errors.violation(code, f"This value should be {word}.", "/points", value=str(points)))
    raise_if(found)
    call.shop.store.upsert(
        "product_review",
        {
            "id": body.get("id") or call.shop.ids.new(),
            "productId": doc.get("parentId") or doc["id"],
            "customerId": customer["id"],
            "salesChannelId": call.session.channel["id"],
            "languageId": call.session.language_id,
            "externalUser": body["name"],
            "externalEmail": body.get("email"),
            "title": body["title"],
            "content": body["content"],
            "points": points,
            "status": False,
        },
    )
    return Answer(status=204)


ENDPOINTS = [
    Endpoint("POST", "/store-api/product", products),
    Endpoint("GET", "/store-api/product", products),
    Endpoint("POST", "/store-api/product/{productId}", detail),
    Endpoint("POST", "/store-api/product/{productId}/find-variant", find_variant),
    Endpoint("POST", "/store-api/product/{productId}/cross-selling", cross_selling),
    Endpoint("POST", "/store-api/product/{productId}/reviews", reviews),
    Endpoint("POST", "/store-api/product/{productId}/review", save_review, login=True),
]
