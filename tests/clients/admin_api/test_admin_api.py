from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.clients.fake_shop import FakeShop
from updategate.clients.admin_api import AdminApi, Criteria, Integration, User
from updategate.clients.admin_api.sign_in import SignIn
from updategate.clients.errors import ApiError, SyncError
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.transport import RequestsTransport

TOKEN = "/api/oauth/token"
INTEGRATION = Integration("SWIA", "client-secret-1")


@pytest.fixture
def log() -> ExchangeLog:
    return ExchangeLog()


@pytest.fixture
def transport(fake_shop: FakeShop, log: ExchangeLog) -> Iterator[RequestsTransport]:
    connection = RequestsTransport(fake_shop.url, log)
    yield connection
    connection.close()


@pytest.fixture
def admin(fake_shop: FakeShop, transport: RequestsTransport) -> AdminApi:
    fake_shop.answers("POST", TOKEN, {"access_token": "first", "expires_in": 600})
    return AdminApi(transport, INTEGRATION)


@pytest.mark.parametrize(
    ("credentials", "sent"),
    [
        (INTEGRATION, {"grant_type": "client_credentials", "client_id": "SWIA", "client_secret": "client-secret-1"}),
        (
            User("admin", "shopware"),
            {
                "grant_type": "password",
                "client_id": "administration",
                "scopes": "write",
                "username": "admin",
                "password": "shopware",
            },
        ),
    ],
    ids=["integration", "user"],
)
def test_both_grants(fake_shop: FakeShop, transport: RequestsTransport, credentials: object, sent: object) -> None:
    fake_shop.answers("POST", TOKEN, {"access_token": "t", "expires_in": 600})
    fake_shop.answers("GET", "/api/_info/version", {"version": "6.6.7.1"})
    assert AdminApi(transport, credentials).version() == "6.6.7.1"
    assert fake_shop.of(TOKEN)[0].json == sent
    assert fake_shop.asked[-1].headers["Authorization"] == "Bearer t"
    assert "shopware" not in repr(credentials)
    assert "client-secret-1" not in repr(credentials)


def test_a_token_is_renewed_before_it_ends(fake_shop: FakeShop, transport: RequestsTransport) -> None:
    fake_shop.answers("POST", TOKEN, {"access_token": "first", "expires_in": 600})
    fake_shop.answers("POST", TOKEN, {"access_token": "second", "expires_in": 600})
    now = [0.0]
    sign_in = SignIn(transport, INTEGRATION, clock=lambda: now[0])

    assert sign_in.token() == "first"
    now[0] = 569.0
    assert sign_in.token() == "first"
    now[0] = 570.0
    assert sign_in.token() == "second"


def test_a_401_is_sent_again_once_with_a_new_token_and_logged(
    fake_shop: FakeShop, admin: AdminApi, log: ExchangeLog
) -> None:
    fake_shop.answers("POST", TOKEN, {"access_token": "second", "expires_in": 600})
    fake_shop.answers("GET", "/api/_info/version", {"errors": []}, status=401)
    fake_shop.answers("GET", "/api/_info/version", {"version": "6.6.7.1"})

    assert admin.version() == "6.6.7.1"

    assert [asked.headers["Authorization"] for asked in fake_shop.of("/api/_info/version")] == [
        "Bearer first",
        "Bearer second",
    ]
    assert [exchange.note for exchange in log.last()] == [
        "sign in",
        "",
        "the token was refused with 401",
        "again with a new token after 401",
    ]


def test_a_second_401_is_an_error(fake_shop: FakeShop, admin: AdminApi) -> None:
    fake_shop.answers("GET", "/api/_info/version", {"errors": [{"code": "9", "detail": "denied"}]}, status=401)
    with pytest.raises(ApiError, match="GET /api/_info/version answered 401: 9: denied"):
        admin.version()
    assert len(fake_shop.of("/api/_info/version")) == 2


def test_wrong_credentials_are_told_in_shopwares_words(fake_shop: FakeShop, transport: RequestsTransport) -> None:
    denied = {"errors": [{"code": "4", "status": "401", "title": "Client authentication failed"}]}
    fake_shop.answers("POST", TOKEN, denied, status=401)
    with pytest.raises(ApiError, match="POST /api/oauth/token answered 401: 4: Client authentication failed"):
        AdminApi(transport, INTEGRATION).version()
    assert len(fake_shop.asked) == 1


DEADLOCK = {"code": "1213", "detail": "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found"}


def test_what_a_deadlock_took_back_is_sent_again_and_logged(
    fake_shop: FakeShop, admin: AdminApi, log: ExchangeLog
) -> None:
    fake_shop.answers("PATCH", "/api/product/" + "1" * 32, {"errors": [DEADLOCK]}, status=400)
    fake_shop.answers("PATCH", "/api/product/" + "1" * 32, {}, status=200)
    admin.patch("product", "1" * 32, {"stock": 3})
    assert [exchange.note for exchange in log.last()][-1] == "again after a deadlock of the database"


def test_a_deadlock_that_lasts_is_an_error(fake_shop: FakeShop, admin: AdminApi) -> None:
    fake_shop.answers("PATCH", "/api/product/" + "1" * 32, {"errors": [DEADLOCK]}, status=400)
    with pytest.raises(ApiError, match="1213"):
        admin.patch("product", "1" * 32, {"stock": 3})
    assert len(fake_shop.of("/api/product/" + "1" * 32)) == 5


def test_other_errors_are_never_sent_again(fake_shop: FakeShop, admin: AdminApi) -> None:
    fake_shop.answers("POST", "/api/product", {"errors": [{"code": "X", "detail": "no"}]}, status=500)
    with pytest.raises(ApiError):
        admin.create("product", {"id": "1" * 32})
    assert len(fake_shop.of("/api/product")) == 1


def test_search_sends_criteria_and_reads_the_total(fake_shop: FakeShop, admin: AdminApi) -> None:
    fake_shop.answers("POST", "/api/search/product-price", {"total": 7, "data": [{"id": "a"}]})
    criteria = (
        Criteria()
        .equals("productId", "p")
        .between("quantityStart", gte=5)
        .associate("rule", "product.prices")
        .sort("quantityStart", descending=True)
        .limit(10)
        .counted()
    )

    found = admin.search("product_price", criteria)

    assert (found.total, found.first()) == (7, {"id": "a"})
    assert fake_shop.asked[-1].json == {
        "filter": [
            {"type": "equals", "field": "productId", "value": "p"},
            {"type": "range", "field": "quantityStart", "parameters": {"gte": 5}},
        ],
        "associations": {"rule": {}, "product": {"associations": {"prices": {}}}},
        "sort": [{"field": "quantityStart", "order": "DESC"}],
        "limit": 10,
        "page": 1,
        "total-count-mode": 1,
    }


def test_criteria_are_values(fake_shop: FakeShop) -> None:
    base = Criteria().associate("lineItems")
    base.associate("lineItems.product").equals("id", "x")
    assert base == Criteria({"associations": {"lineItems": {}}})


def test_an_entity_that_is_missing_is_named(fake_shop: FakeShop, admin: AdminApi) -> None:
    fake_shop.answers("POST", "/api/search/order", {"total": 0, "data": []})
    with pytest.raises(LookupError, match="the shop has no order with the id x"):
        admin.get("order", "x")


def test_deleting_what_is_gone_is_no_error(fake_shop: FakeShop, admin: AdminApi) -> None:
    fake_shop.answers("DELETE", "/api/product/a", status=204)
    fake_shop.answers("DELETE", "/api/product/b", {"errors": [{"code": "NOT_FOUND"}]}, status=404)
    assert (admin.delete("product", "a"), admin.delete("product", "b")) == (True, False)


def test_sync_sends_operations_in_order_and_exact_amounts(fake_shop: FakeShop, admin: AdminApi) -> None:
    fake_shop.answers("POST", "/api/_action/sync", {"data": {}, "notFound": [], "deleted": []})
    admin.upsert(("tax", [{"id": "t", "taxRate": Decimal("8.10")}]), ("product", [{"id": "p"}]), ("rule", []))
    asked = fake_shop.asked[-1]
    assert [(step["entity"], step["action"]) for step in asked.json] == [("tax", "upsert"), ("product", "upsert")]
    assert b'"taxRate": 8.10' in asked.body


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"code": "C", "detail": "no tax", "source": {"pointer": "/0/taxId"}}]},
        {
            "data": {
                "w": {"result": [{"errors": [{"code": "C", "detail": "no tax", "source": {"pointer": "/0/taxId"}}]}]}
            }
        },
    ],
    ids=["at the top", "in a result"],
)
def test_an_error_in_the_body_of_a_200_is_an_error(fake_shop: FakeShop, admin: AdminApi, body: object) -> None:
    fake_shop.answers("POST", "/api/_action/sync", body)
    with pytest.raises(SyncError, match="answered 200: C at /0/taxId: no tax"):
        admin.upsert(("product", [{"id": "p"}]))


def test_a_transition_returns_the_new_state_and_raises_where_it_is_illegal(
    fake_shop: FakeShop, admin: AdminApi
) -> None:
    fake_shop.answers("POST", "/api/_action/order/o/state/process", {"technicalName": "in_progress"})
    illegal = {"errors": [{"code": "SYSTEM__ILLEGAL_STATE_TRANSITION", "detail": "Illegal transition"}]}
    fake_shop.answers("POST", "/api/_action/order/o/state/ship", illegal, status=400)
    assert admin.transition("order", "o", "process") == "in_progress"
    assert admin.raw_transition("order", "o", "ship").status == 400
    with pytest.raises(ApiError, match="SYSTEM__ILLEGAL_STATE_TRANSITION"):
        admin.transition("order", "o", "ship")


def test_a_document_that_could_not_be_made_is_an_error(fake_shop: FakeShop, admin: AdminApi) -> None:
    path = "/api/_action/order/document/invoice/create"
    fake_shop.answers("POST", path, {"data": [{"documentId": "d", "documentDeepLink": "l"}], "errors": []})
    fake_shop.answers("POST", path, {"data": [], "errors": {"o": [{"code": "DOC", "detail": "no invoice"}]}})
    fake_shop.answers("GET", "/api/_action/document/d/l", b"%PDF", content_type="application/pdf")
    document = admin.create_document("o", "invoice")
    assert admin.download_document(document["documentId"], document["documentDeepLink"]) == b"%PDF"
    with pytest.raises(ApiError, match="DOC: no invoice"):
        admin.create_document("o", "invoice")


def test_pages_are_read_to_the_end(fake_shop: FakeShop, admin: AdminApi) -> None:
    fake_shop.answers("POST", "/api/search/tax", {"data": [{"id": "1"}, {"id": "2"}]})
    fake_shop.answers("POST", "/api/search/tax", {"data": [{"id": "3"}]})
    assert [entry["id"] for entry in admin.pages("tax", size=2)] == ["1", "2", "3"]
