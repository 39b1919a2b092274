import pytest

from updategate.actors.identity import Identity
from updategate.config import profile as settings
from updategate.config.environment import Environment
from updategate.config.loading import build
from updategate.load.pools import (
    Catalogue,
    EmptyPoolError,
    Item,
    Pools,
    at_address,
    own_customer,
    read_catalogue,
    shared_pools,
)

IDENTITY = Identity(seed="s", process="LOAD", case="pool", run="r1")


def catalogue(numbers, paths=("/a",), prefix=""):
    return Catalogue(
        {number: Item(prefix + number, number, f"Chair {number} Oakwood") for number in numbers},
        {path: prefix + path for path in paths},
    )


def test_pools_hold_what_both_shops_have_in_the_same_order():
    before, after = shared_pools(
        [catalogue(["A", "B", "C"], prefix="old"), catalogue(["C", "B", "D"], prefix="new")], settings.Pools()
    )
    assert [item.number for item in before.products] == [item.number for item in after.products] == ["B", "C"]
    assert [item.id for item in after.products] == ["newB", "newC"]
    assert before.terms == after.terms == ("Oakwood",)


def test_pools_are_spread_over_the_catalogue():
    numbers = [f"{i:03d}" for i in range(100)]
    (pools,) = shared_pools([catalogue(numbers)], settings.Pools(products=4))
    assert [item.number for item in pools.products] == ["000", "025", "050", "075"]


def test_terms_of_the_profile_win():
    (pools,) = shared_pools([catalogue(["A"])], settings.Pools(terms=("sofa",)))
    assert pools.terms == ("sofa",)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (catalogue(["A"]), catalogue(["B"]), "no product can be bought in every shop"),
        (catalogue(["A"], ["/a"]), catalogue(["A"], ["/b"]), "no category has products in every shop"),
    ],
)
def test_shops_that_share_nothing_are_refused(left, right, message):
    with pytest.raises(EmptyPoolError, match=message):
        shared_pools([left, right], settings.Pools())


def test_passwords_travel_nowhere():
    pools = Pools(customers=(own_customer(IDENTITY, 1), own_customer(IDENTITY, 2)))
    body = pools.to_json()
    assert body["customers"] == 2
    assert Pools.from_json(body, IDENTITY) == pools


def test_the_own_customer_is_the_one_that_a_shopper_registers():
    assert own_customer(IDENTITY, 3).email == IDENTITY.email("registered3")
    assert own_customer(IDENTITY, 3).password == IDENTITY.password("registered3")


class Api:
    def navigation(self, depth):
        return [
            {"id": "1", "name": "Tables", "type": "page", "children": [{"id": "2", "name": "Desks", "type": "page"}]},
            {"id": "3", "name": "A link", "type": "link"},
            {"id": "4", "translated": {"name": "Empty"}, "name": None, "type": "page"},
        ]

    def listing(self, category_id, **criteria):
        plain = {"id": "p1", "productNumber": "N1", "translated": {"name": "Desk"}, "available": True}
        others = [
            {**plain, "productNumber": "N2", "childCount": 3},
            {**plain, "productNumber": "N3", "isCloseout": True},
            {**plain, "productNumber": "N4", "minPurchase": 5},
            {**plain, "productNumber": "N5", "available": False},
            {**plain, "productNumber": "N6", "purchaseSteps": 2},
        ]
        return {"elements": [] if category_id == "4" else [plain, *others]}


class Access:
    def session(self):
        return Api()


def test_a_catalogue_holds_pages_with_products_and_products_that_sell_in_any_number():
    found = read_catalogue(Access())
    assert found.categories == {"/Tables": "1", "/Tables/Desks": "2"}
    assert found.products == {"N1": Item("p1", "N1", "Desk")}


def test_the_reference_has_its_own_address_for_pages_too():
    data = {
        "name": "x",
        "url": "http://new.example",
        "sales_channel": {"access_key": "k"},
        "storefront": {"url": "http://pages.example"},
    }
    environment = build(data, Environment, "x")
    old = at_address(environment, "http://old.example")
    assert (old.url, old.storefront_url) == ("http://old.example", "http://old.example")
    assert at_address(environment, "http://new.example") is environment
