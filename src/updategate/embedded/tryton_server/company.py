"""A small German company: accounts, taxes, a fiscal year, and categories of goods by tax rate."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

TAX_RATES = ("19", "7", "0")
CHART = "account.account_template_root_en"


def set_up(pool: Any, transaction: Any) -> None:
    """Fill an empty database, as the user who is signed in to the transaction."""
    get = pool.get
    euro = _currency(get)
    _countries(get)
    company = _company(get, euro)
    user = get("res.user")(transaction.user)
    user.companies = [company]
    user.company = company
    user.save()
    with transaction.set_context(company=company.id):
        _accounts(pool, company)
        _fiscal_years(get, company)
        _goods(get, company)
        _habits(get)


def _currency(get: Any) -> Any:
    currency = get("currency.currency")
    euro = currency(name="Euro", symbol="€", code="EUR", numeric_code="978", rounding=Decimal("0.01"), digits=2)
    euro.rates = [get("currency.currency.rate")(date=dt.date(2020, 1, 1), rate=Decimal(1))]
    euro.save()
    return euro


def _countries(get: Any) -> None:
    country = get("country.country")
    names = {"DE": "Germany", "AT": "Austria", "CH": "Switzerland", "NL": "Netherlands", "FR": "France"}
    country.create([{"name": name, "code": code} for code, name in names.items()])


def _company(get: Any, euro: Any) -> Any:
    party = get("party.party")(name="Muster Handel GmbH")
    party.save()
    company = get("company.company")(party=party, currency=euro)
    company.save()
    return company


def _accounts(pool: Any, company: Any) -> None:
    get = pool.get
    wizard = pool.get("account.create_chart", type="wizard")
    session, _, _ = wizard.create()
    template = get("ir.model.data").get_id(CHART)
    wizard.execute(session, {"account": {"account_template": template, "company": company.id}}, "create_account")
    chosen = {
        "company": company.id,
        "account_receivable": _account(get, company, "receivable").id,
        "account_payable": _account(get, company, "payable").id,
        "category_account_expense": _account(get, company, "expense").id,
        "category_account_revenue": _account(get, company, "revenue").id,
    }
    wizard.execute(session, {"properties": chosen}, "create_properties")


def _account(get: Any, company: Any, kind: str) -> Any:
    wanted = [(f"type.{kind}", "=", True), ("company", "=", company.id), ("closed", "!=", True)]
    return get("account.account").search(wanted, limit=1)[0]


def _fiscal_years(get: Any, company: Any) -> None:
    kinds = get("ir.sequence.type")
    year = dt.datetime.now(dt.UTC).year
    for number in (year - 1, year, year + 1):
        sequences = {}
        for name in ("Account Move", "Invoice"):
            kind = kinds.search([("name", "=", name)], limit=1)[0]
            sequences[name] = get("ir.sequence.strict")(name=f"{name} {number}", sequence_type=kind, company=company)
            sequences[name].save()
        fiscal = get("account.fiscalyear")(
            name=str(number),
            company=company,
            start_date=dt.date(number, 1, 1),
            end_date=dt.date(number, 12, 31),
            move_sequence=sequences["Account Move"],
        )
        invoices = sequences["Invoice"]
        fiscal.invoice_sequences = [
            get("account.fiscalyear.invoice_sequence")(
                company=company,
                in_invoice_sequence=invoices,
                in_credit_note_sequence=invoices,
                out_invoice_sequence=invoices,
                out_credit_note_sequence=invoices,
            )
        ]
        fiscal.save()
        get("account.fiscalyear").create_period([fiscal])


def _goods(get: Any, company: Any) -> None:
    tax_account = get("account.account").search([("company", "=", company.id), ("code", "=", "6.3.6")], limit=1)[0]
    for rate in TAX_RATES:
        tax = get("account.tax")(
            name=f"VAT {rate} %",
            description=f"VAT {rate} %",
            type="percentage",
            rate=Decimal(rate) / 100,
            invoice_account=tax_account,
            credit_note_account=tax_account,
            company=company,
        )
        tax.save()
        category = get("product.category")(name=f"VAT {rate} %", accounting=True)
        category.account_expense = _account(get, company, "expense")
        category.account_revenue = _account(get, company, "revenue")
        category.customer_taxes = [tax]
        category.save()
    get("product.attribute.set").create([{"name": "Shop"}])


def _habits(get: Any) -> None:
    term = get("account.invoice.payment_term")(name="At once")
    term.lines = [get("account.invoice.payment_term.line")(type="remainder")]
    term.save()
    settings = get("sale.configuration")(1)
    settings.sale_invoice_method = "order"
    settings.save()
