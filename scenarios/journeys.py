"""The journeys of visitors, buyers and the ERP: what load is made of.

They speak to the same actors as the suites, and each step checks its outcome: a page counts when it is the
right page, an order when it has an order number.
"""

from __future__ import annotations

from updategate.actors.erp_traffic import ErpTraffic
from updategate.actors.purchase import PlacedOrder
from updategate.actors.recorder import MemoryJournal
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.workbench import Workbench
from updategate.actors.visitor import Visitor
from updategate.load.journey import Visit, journey

ORDERS = ("created", "price-asc", "price-desc", "name-asc")


def _shopper(visit: Visit) -> Shopper:
    # the visitors' traces are found by the run's mark when load is over, not one by one
    shopper = Shopper(
        visit.access, visit.identity, visit.recorder, Workbench(visit.access, visit.identity, MemoryJournal())
    )
    visit.leaving.append(shopper.leaves)
    return shopper


def _visitor(visit: Visit) -> Visitor:
    visitor = Visitor(visit.access.transport, visit.recorder)
    if any(visit.cache_state(group) == "session" for group in ("home", "listing", "detail", "search")):
        visitor.fills_cart(visit.pick(visit.pools.products, "products").id)
    return visitor


def _ordered(visit: Visit, order: PlacedOrder) -> None:
    visit.expects(order.number, "the shop confirmed an order without an order number")


@journey("browse", groups=("home", "listing", "detail"))
def browse(visit: Visit) -> None:
    """Come in by the home page, look at a category and at a product."""
    visitor = _visitor(visit)
    with visit.step("home"):
        visitor.opens_home(variant=visit.variant("home"))
    visit.thinks()
    with visit.step("listing"):
        visitor.opens_listing(visit.pick(visit.pools.categories, "categories"), variant=visit.variant("listing"))
    visit.thinks()
    with visit.step("detail"):
        visitor.opens_detail(visit.pick(visit.pools.products, "products").id, variant=visit.variant("detail"))


@journey("home", groups=("home",))
def home(visit: Visit) -> None:
    """Open the home page."""
    with visit.step("home"):
        _visitor(visit).opens_home(variant=visit.variant("home"))


@journey("listing", groups=("listing",))
def listing(visit: Visit) -> None:
    """Open a category."""
    category = visit.pick(visit.pools.categories, "categories")
    with visit.step("listing"):
        _visitor(visit).opens_listing(category, variant=visit.variant("listing"))


@journey("filtered_listing", groups=("filtered_listing",))
def filtered_listing(visit: Visit) -> None:
    """Open a category, sorted and with a price filter that finds something."""
    category = visit.pick(visit.pools.categories, "categories")
    with visit.step("filtered_listing"):
        _visitor(visit).opens_listing(
            category,
            variant=visit.variant("filtered_listing"),
            order=visit.pick(ORDERS),
            min_price="0",
            max_price=str(visit.random.randrange(50_000, 99_999)),
        )


@journey("detail", groups=("detail",))
def detail(visit: Visit) -> None:
    """Open a product."""
    product = visit.pick(visit.pools.products, "products")
    with visit.step("detail"):
        _visitor(visit).opens_detail(product.id, variant=visit.variant("detail"))


@journey("search", groups=("search",))
def search(visit: Visit) -> None:
    """Search for a word from a product's name."""
    term = visit.pick(visit.pools.terms, "search terms")
    with visit.step("search"):
        _visitor(visit).searches(term, variant=visit.variant("search"))


@journey("cart", groups=("add_to_cart", "change_quantity", "view_cart"), needs=("carts",))
def cart(visit: Visit) -> None:
    """Fill a cart, change one's mind about the quantity, and look at it."""
    shopper = _shopper(visit)
    first, *_ = products = visit.several(visit.pools.products, 2, "products")
    for product in products:
        with visit.step("add_to_cart"):
            seen = shopper.puts_in_cart(product)
            visit.expects(seen.lines, "the cart is empty after a product was put into it")
        visit.thinks()
    with visit.step("change_quantity"):
        shopper.changes_quantity(first, 3)
    visit.thinks()
    with visit.step("view_cart"):
        visit.expects(shopper.sees_cart().lines, "the cart has lost its lines")


@journey(
    "guest_checkout", groups=("add_to_cart", "register_guest", "place_order"), needs=("carts", "customers", "orders")
)
def guest_checkout(visit: Visit) -> None:
    """Buy one product as a guest."""
    shopper = _shopper(visit)
    with visit.step("add_to_cart"):
        shopper.puts_in_cart(visit.pick(visit.pools.products, "products"))
    visit.thinks()
    with visit.step("register_guest"):
        shopper.goes_on_as_guest(visit.pools.address)
    visit.thinks()
    with visit.step("place_order"):
        _ordered(visit, shopper.places_order())


@journey("login_checkout", groups=("login", "add_to_cart", "place_order"), needs=("carts", "orders"), customers=True)
def login_checkout(visit: Visit) -> None:
    """Log in and buy one product."""
    shopper = _shopper(visit)
    with visit.step("login"):
        shopper.logs_in(visit.pick(visit.pools.customers, "customers").login())
    visit.thinks()
    with visit.step("add_to_cart"):
        shopper.puts_in_cart(visit.pick(visit.pools.products, "products"))
    visit.thinks()
    with visit.step("place_order"):
        _ordered(visit, shopper.places_order())


@journey("b2b_reorder", groups=("login", "fill_50_lines", "place_50_lines"), needs=("carts", "orders"), customers=True)
def b2b_reorder(visit: Visit) -> None:
    """Log in, order 50 lines again (or as many as the catalogue has), as a business buyer does every week."""
    shopper = _shopper(visit)
    with visit.step("login"):
        shopper.logs_in(visit.pick(visit.pools.customers, "customers").login())
    lines = visit.several(visit.pools.products, 50, "products")
    with visit.step("fill_50_lines"):
        filled = shopper.puts_all_in_cart(lines)
        visit.expects(len(filled.lines or ()) >= len(lines), f"the cart holds fewer than {len(lines)} lines")
    visit.thinks()
    with visit.step("place_50_lines"):
        _ordered(visit, shopper.places_order())


@journey("erp_import", groups=("write_stock",), needs=("admin_write",), admin=True)
def erp_import(visit: Visit) -> None:
    """Write the stock of a batch of products, as the ERP does all day."""
    batch = [(product, visit.random.randrange(50, 500)) for product in visit.pools.own_products]
    with visit.step("write_stock"):
        visit.expects(ErpTraffic(visit.access, visit.recorder).writes_stock(batch), "no stock was written")


@journey("order_export", groups=("export_orders",), admin=True)
def order_export(visit: Visit) -> None:
    """Fetch a page of orders with their lines."""
    with visit.step("export_orders"):
        ErpTraffic(visit.access, visit.recorder).fetches_orders(page=1 + visit.random.randrange(3))
