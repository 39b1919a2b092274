"""Customers and their addresses, both ways: the end that changed last since the last run is followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from updategate.embedded.connector.exchange import Exchange
from updategate.embedded.connector.problems import Problem, ShopRefusedError
from updategate.embedded.connector.shop import equals

_SHOP: dict[str, Any] = {"defaultBillingAddress": {"associations": {"country": {}}}}
_ERP = ["street", "postal_code", "city", "country.code"]
Address = dict[str, str]


def run(exchange: Exchange) -> list[Problem]:
    """Exchange the addresses that changed since the last run."""
    problems: list[Problem] = []
    begun = dt.datetime.now(dt.UTC)
    customers = {str(row["id"]): row for row in _changed(exchange)}
    for customer_id in exchange.memory.all("customer"):
        if customer_id not in customers:
            for row in exchange.shop.search("customer", {"ids": [customer_id], "associations": _SHOP}):
                customers[customer_id] = row
    for customer in customers.values():
        try:
            _exchange(exchange, customer)
        except ShopRefusedError as refused:
            problems.append(Problem("customers", str(customer["customerNumber"]), refused.code, refused.detail))
    exchange.memory.put("since", "customers", begun.isoformat())
    return problems


def _changed(exchange: Exchange) -> Iterator[dict[str, Any]]:
    since = dt.datetime.fromisoformat(exchange.memory.get("since", "customers"))
    text = exchange.behaviour.since(since - dt.timedelta(seconds=60))
    for field in ("createdAt", "updatedAt"):
        changed = {"type": "range", "field": field, "parameters": {"gte": text}}
        criteria = {"filter": [changed, equals("guest", value=False)], "associations": _SHOP}
        yield from exchange.shop.everything("customer", criteria)


def _exchange(exchange: Exchange, customer: dict[str, Any]) -> None:
    here = of_shop(customer["defaultBillingAddress"])
    parties = exchange.erp.parties(str(customer["email"]))
    last = exchange.memory.get("customer", customer["id"])
    if not parties:
        create_party(exchange, f"{customer['firstName']} {customer['lastName']}", str(customer["email"]), here)
        exchange.memory.put("customer", customer["id"], here)
        return
    found = exchange.erp.search("party.address", [["party", "=", parties[0]]], _ERP)
    there = _of_erp(found[0])
    if here == there or last is None:
        agreed = here
        if here != there:
            _write_erp(exchange, parties[0], found[0]["id"], here)
    elif here != last:
        _write_erp(exchange, parties[0], found[0]["id"], here)
        agreed = here
    else:
        agreed = there
        if exchange.behaviour.takes_erp_address():
            _write_shop(exchange, customer, there)
    exchange.memory.put("customer", customer["id"], agreed)


def create_party(exchange: Exchange, name: str, email: str, address: Address) -> int:
    """Create a customer in the ERP; returns the id."""
    entry = {
        "name": name,
        "addresses": [["create", [_for_erp(exchange, address)]]],
        "contact_mechanisms": [["create", [{"type": "email", "value": email}]]],
    }
    return int(exchange.erp.call("party.party", "create", [entry])[0])


def of_shop(row: dict[str, Any]) -> Address:
    """An address of the shop."""
    return {
        "street": str(row["street"]),
        "zipcode": str(row.get("zipcode") or ""),
        "city": str(row["city"]),
        "country": str((row.get("country") or {}).get("iso") or "DE"),
    }


def _of_erp(row: dict[str, Any]) -> Address:
    return {
        "street": str(row["street"] or "").strip(),
        "zipcode": str(row["postal_code"] or ""),
        "city": str(row["city"] or ""),
        "country": str((row.get("country.") or {}).get("code") or "DE"),
    }


def _for_erp(exchange: Exchange, address: Address) -> dict[str, Any]:
    return {
        "street_unstructured": address["street"],
        "postal_code": address["zipcode"],
        "city": address["city"],
        "country": exchange.erp.id_of("country.country", "code", address["country"]),
    }


def _write_erp(exchange: Exchange, party: int, address_id: int, address: Address) -> None:
    entry = _for_erp(exchange, address)
    if exchange.behaviour.changes_address():
        exchange.erp.call("party.address", "write", [address_id], entry)
    else:
        exchange.erp.call("party.address", "create", [{"party": party, **entry}])


def _write_shop(exchange: Exchange, customer: dict[str, Any], address: Address) -> None:
    changes = {
        "id": customer["defaultBillingAddressId"],
        "customerId": customer["id"],
        "street": address["street"],
        "zipcode": address["zipcode"],
        "city": address["city"],
        "countryId": exchange.country_id(address["country"]),
    }
    exchange.shop.ask("PATCH", f"/customer-address/{changes.pop('id')}", changes)
