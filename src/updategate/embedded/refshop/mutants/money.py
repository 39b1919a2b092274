"""Rounding, taxes, currencies and shipping costs that are wrong."""

# ruff: noqa: D102, FBT001 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import TypeVar

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

MONEY = Group("money")
_T = TypeVar("_T")
_CENT = Decimal("0.01")


# -- taxes ------------------------------------------------------------------------------------------------------------


@MONEY.mutant("tax-one-cent", "class: tax is rounded per line, then summed", "tax cart checkout order")
class TaxOneCent(Behaviour):
    """Tax of a line is one cent too high."""

    def round_tax(self, tax: Decimal, decimals: int, interval: Decimal) -> Decimal:
        rounded = super().round_tax(tax, decimals, interval)
        return rounded + Decimal(1).scaleb(-decimals) if rounded > 0 else rounded


@MONEY.mutant("tax-half-even", "class: PHP_ROUND_HALF_EVEN for PHP_ROUND_HALF_UP", "tax price cart")
class TaxHalfEven(Behaviour):
    """A tax that ends in exactly half a cent is rounded to the even cent; only net prices have such taxes."""

    def round_tax(self, tax: Decimal, decimals: int, interval: Decimal) -> Decimal:
        del interval
        return tax.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


@MONEY.mutant("tax-rounded-per-piece", "class: rounding before multiplying", "tax cart")
class TaxRoundedPerPiece(Behaviour):
    """The tax of one piece is rounded before it is multiplied: a line of several pieces is some cents off."""

    def line_tax(self, tax_of_piece: Decimal, count: Decimal) -> Decimal:
        return self.round_money(tax_of_piece, 2, Decimal(0)) * count


@MONEY.mutant("tax-from-sums", "class: taxCalculationType vertical for horizontal", "tax cart order")
class TaxFromSums(Behaviour):
    """Taxes of a cart come from its sums by rate instead of from its lines."""

    def tax_is_vertical(self, vertical: bool) -> bool:
        return not vertical


@MONEY.mutant("reduced-rate-abroad", "class: tax rules by country are applied to the standard rate only", "tax cart")
class ReducedRateAbroad(Behaviour):
    """Reduced rates are the same in every country; standard rates are right."""

    def tax_rate(self, standard: Decimal, special: Decimal | None) -> Decimal:
        return standard if standard < 10 else super().tax_rate(standard, special)


@MONEY.mutant("tax-of-billing-country", "class: tax by the wrong address", "tax checkout account")
class TaxOfBillingCountry(Behaviour):
    """The country of the invoice decides on the tax, not that of the delivery."""

    def taxed_country(self, delivery: str, billing: str | None) -> str:
        return billing or delivery


@MONEY.mutant("vat-id-not-needed", "class: companyTax without its condition", "tax account checkout")
class VatIdNotNeeded(Behaviour):
    """A company abroad buys without tax although it has no VAT id."""

    def vat_ids_suffice(self, count: int) -> bool:
        del count
        return True


@MONEY.mutant("net-total-one-cent", "class: net total of several lines", "tax cart order")
class NetTotalOneCent(Behaviour):
    """The net total of a cart with three lines or more is one cent too low."""

    def cart_net(self, total: Decimal, tax: Decimal, lines: int) -> Decimal:
        net = super().cart_net(total, tax, lines)
        return net - _CENT if lines >= 3 else net


# -- currencies -------------------------------------------------------------------------------------------------------


@MONEY.mutant("pound-factor-rounded", "class: currency factor stored with two digits", "currency price")
class PoundFactorRounded(Behaviour):
    """Currency factors have two digits: 0.89157 becomes 0.89, 0.96 stays."""

    def in_currency(self, amount: Decimal, factor: Decimal) -> Decimal:
        return super().in_currency(amount, factor.quantize(_CENT))


@MONEY.mutant("converted-price-cut", "class: truncation for rounding", "currency price")
class ConvertedPriceCut(Behaviour):
    """What is converted into another currency is cut off after the cents instead of being rounded."""

    def in_currency(self, amount: Decimal, factor: Decimal) -> Decimal:
        converted = super().in_currency(amount, factor)
        return converted if factor == 1 else converted.quantize(_CENT, ROUND_DOWN)


@MONEY.mutant("franc-price-ignored", "class: price of a currency is lost in a migration", "currency price product")
class FrancPriceIgnored(Behaviour):
    """Prices that were entered in francs are ignored; those in pounds count."""

    def entered_price_counts(self, iso: str) -> bool:
        return iso != "CHF" and super().entered_price_counts(iso)


@MONEY.mutant("cash-rounding-lost", "class: totalRounding.interval ignored", "currency cart checkout order")
class CashRoundingLost(Behaviour):
    """Totals in francs are not rounded to five centimes."""

    def round_money(self, amount: Decimal, decimals: int, interval: Decimal) -> Decimal:
        del interval
        return super().round_money(amount, decimals, Decimal(0))


@MONEY.mutant("franc-items-rounded", "class: totalRounding taken for itemRounding", "currency price cart")
class FrancItemsRounded(Behaviour):
    """Single prices in francs are rounded to five centimes too."""

    def roundings(self, item: _T, total: _T) -> tuple[_T, _T]:
        del item
        return total, total


# -- prices beside the price ------------------------------------------------------------------------------------------


@MONEY.mutant("unit-price-upside-down", "class: purchaseUnit and referenceUnit exchanged", "price product storefront")
class UnitPriceUpsideDown(Behaviour):
    """The price per litre or metre is calculated with content and reference exchanged."""

    def reference_price(self, unit: Decimal, content: Decimal, reference: Decimal) -> Decimal:
        return super().reference_price(unit, reference, content)


@MONEY.mutant("saving-of-new-price", "class: percentage of the wrong base", "price product storefront")
class SavingOfNewPrice(Behaviour):
    """The percentage saved is that of the new price, not of the former one."""

    def saved_percentage(self, price: Decimal, before: Decimal) -> Decimal:
        return (before - price) / price * 100 if price else super().saved_percentage(price, before)


# -- shipping ---------------------------------------------------------------------------------------------------------


@MONEY.mutant("shipping-threshold-inverted", "class: comparison with the wrong sign", "shipping cart checkout")
class ShippingThresholdInverted(Behaviour):
    """The shipping threshold compares with the wrong sign."""

    def shipping_price_applies(self, value: Decimal, start: Decimal, end: Decimal | None) -> bool:
        return value <= start or (end is not None and value > end)


@MONEY.mutant("shipping-threshold-on-net", "class: net taken for gross", "shipping cart tax")
class ShippingThresholdOnNet(Behaviour):
    """Free shipping from 100 looks at the goods without their tax: carts of 100 to 119 pay."""

    def shipping_value(self, total: Decimal, tax: Decimal) -> Decimal:
        return total - tax


@MONEY.mutant("weight-once-per-line", "class: quantity forgotten", "shipping cart")
class WeightOncePerLine(Behaviour):
    """Freight goes by the weight of one piece of each line."""

    def shipping_weight(self, weight: Decimal, quantity: int) -> Decimal:
        del quantity
        return weight


@MONEY.mutant("net-customer-pays-gross-shipping", "class: gross taken for net", "shipping tax cart account")
class NetCustomerPaysGrossShipping(Behaviour):
    """Customers with net prices pay the gross price of shipping, and tax on it."""

    def shipping_amount(self, gross: Decimal, net: Decimal, shown: Decimal) -> Decimal:
        del net, shown
        return gross


@MONEY.mutant("shipping-taxed-highest", "class: taxType auto taken for highest", "shipping tax cart")
class ShippingTaxedHighest(Behaviour):
    """Shipping of a cart with two rates is taxed at the higher one."""

    def shipping_tax_type(self, tax_type: str) -> str:
        return "highest" if tax_type == "auto" else tax_type


@MONEY.mutant("shipping-untaxed-for-net", "class: tax of shipping forgotten", "shipping tax cart order")
class ShippingUntaxedForNet(Behaviour):
    """Customers with net prices pay no tax on shipping."""

    def shipping_is_taxed(self, tax_state: str) -> bool:
        return tax_state != "net"


@MONEY.mutant("one-free-item-ships-all", "class: any for all", "shipping cart")
class OneFreeItemShipsAll(Behaviour):
    """One item that is free of shipping costs frees the whole cart."""

    def ships_free(self, free: list[bool]) -> bool:
        return any(free) or super().ships_free(free)
