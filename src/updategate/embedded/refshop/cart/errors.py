"""What a cart complains about. A cart with problems is answered with 200; some of them block the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOTICE, WARNING, ERROR = 0, 10, 20


@dataclass(frozen=True, slots=True)
class CartError:
    """One problem. ``key`` names it within the cart, ``message_key`` names its kind.

    ``persistent``: it survives the recalculations of one request. ``shown`` are properties that Shopware lets
    through into the JSON besides the parameters.
    """

    key: str
    message_key: str
    message: str
    level: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
    blocks: bool = False
    persistent: bool = True
    shown: Mapping[str, Any] = field(default_factory=dict)
    #: properties that were shown before 6.6 only
    once_shown: Mapping[str, Any] = field(default_factory=dict)
    blocks_resubmit: bool | None = None

    @property
    def _known(self) -> dict[str, Any]:
        return {"key": self.key, "level": self.level, "messageKey": self.message_key}

    def as_bare_json(self) -> dict[str, Any]:
        """Return the error as the Store API shows it in 6.6 before 6.6.7."""
        return {"message": self.message, "code": 0, **self.shown, **self._known}

    def as_old_json(self) -> dict[str, Any]:
        """Return the error as the Store API shows it before 6.6."""
        return {"message": self.message, "code": 0, **self.shown, **self.once_shown, **self._known}

    def as_json(self) -> dict[str, Any]:
        """Return the error as the Store API shows it since 6.6.7."""
        return {
            "message": self.message,
            "code": 0,
            **self.shown,
            **self._known,
            "parameters": dict(self.parameters),
            "block": self.blocks,
            "blockResubmit": self.blocks if self.blocks_resubmit is None else self.blocks_resubmit,
        }


def product_not_found(name: str) -> CartError:
    """Tell that the product is unknown, inactive or not for sale here; ``name`` is the item's label or id."""
    key = "product-not-found"
    # Shopware itself never fills the placeholder of this message
    message = "The product %s could not be found"
    return CartError(key + name, key, message, ERROR, {"id": name}, blocks=True, shown={"id": name})


def product_out_of_stock(product_id: str, name: str) -> CartError:
    """Tell that less is left than may be bought at once."""
    key = "product-out-of-stock"
    return CartError(
        key + product_id,
        key,
        f"The product {name} is no longer available",
        ERROR,
        {"name": name},
        blocks=True,
        shown={"id": product_id, "name": name},
    )


def product_stock_reached(product_id: str, name: str, quantity: int, *, resolved: bool = True) -> CartError:
    """Tell that the quantity was (or has to be) lowered to ``quantity``."""
    key = "product-stock-reached"
    return CartError(
        key + product_id,
        key,
        f"The product {name} is only available {quantity} times",
        WARNING if resolved else ERROR,
        {"name": name, "quantity": quantity},
        blocks=True,
        persistent=resolved,
        once_shown={"id": product_id, "name": name, "quantity": quantity, "resolved": resolved},
    )


def min_order_quantity(product_id: str, name: str, quantity: int) -> CartError:
    """Tell that the quantity was raised to the least that may be bought."""
    key = "min-order-quantity"
    return CartError(
        key + product_id,
        key,
        f"The quantity of product {name} did not meet the minimum order quantity threshold."
        f" The quantity has automatically been increased to {quantity}",
        WARNING,
        {"name": name, "quantity": quantity},
        blocks=True,
        shown={"id": product_id, "name": name, "quantity": quantity},
    )


def purchase_steps(product_id: str, name: str, quantity: int) -> CartError:
    """Tell that the quantity was lowered to a multiple of the purchase step."""
    key = "purchase-steps-quantity"
    return CartError(
        key + product_id,
        key,
        f"Your input quantity does not match with the setup of the {name}. The quantity was changed to {quantity}",
        WARNING,
        {"name": name, "quantity": quantity},
        blocks=True,
        once_shown={"id": product_id, "name": name, "quantity": quantity},
    )


def incomplete_line_item(item_id: str, missing: str) -> CartError:
    """Tell that an item has no label or no price and was dropped."""
    return CartError(
        item_id,
        missing,
        f'Line item "{item_id}" incomplete. Property "{missing}" missing.',
        ERROR,
        {"key": item_id, "property": missing},
        blocks=True,
    )


def shipping_method_blocked(name: str) -> CartError:
    """Tell that the chosen shipping method may not be used for this cart."""
    key = "shipping-method-blocked"
    message = f"Shipping method {name} not available"
    return CartError(f"{key}-{name}", key, message, WARNING, {"name": name}, blocks=True, persistent=False)


def payment_method_blocked(name: str, reason: str) -> CartError:
    """Tell that the chosen payment method may not be used for this cart."""
    key = "payment-method-blocked"
    message = f"Payment method {name} not available. Reason: {reason}"
    return CartError(f"{key}-{name}", key, message, WARNING, {"name": name}, blocks=True, persistent=False)


def shipping_address_blocked(country: str) -> CartError:
    """Tell that nothing is delivered to this country."""
    key = "shipping-address-blocked"
    message = f"Shippings to shipping address {country} are not possible."
    return CartError(f"{key}-{country}", key, message, ERROR, {"name": country}, blocks=True)


def address_incomplete(kind: str, lacks: str, address_id: str, label: str) -> CartError:
    """Tell what the ``kind`` (billing, shipping) address lacks: ``salutation`` or ``country-region``."""
    key = f"{lacks}-missing-{kind}-address"
    what = lacks.replace("-", " ")
    parameters = {"addressId": address_id}
    return CartError(
        key,
        key,
        f'A {what} needs to be defined for the {kind} address "{label}".',
        WARNING,
        parameters,
        blocks=True,
        shown={"parameters": parameters},
    )


def method_changed(kind: str, old: str, new: str) -> CartError:
    """Tell that the storefront took another ``kind`` (shipping, payment) method because the chosen one is blocked."""
    key = f"{kind}-method-changed"
    what = kind.capitalize()
    message = f"{what} method {old} is not available for your current cart. {new} has been selected instead."
    return CartError(
        f"{key}-{old}-{new}",
        key,
        message,
        NOTICE,
        {f"new{what}MethodName": new, f"old{what}MethodName": old},
        persistent=False,
    )


def promotion_added(name: str, discount_id: str) -> CartError:
    """Tell that a discount has come into the cart."""
    key = "promotion-discount-added"
    parameters = {"name": name, "discountLineItemId": discount_id}
    return CartError(f"{key}-{discount_id}", key, f"Discount {name} has been added", NOTICE, parameters)


def promotion_deleted(name: str, discount_id: str) -> CartError:
    """Tell that a discount has gone from the cart (Shopware's own message says added)."""
    key = "promotion-discount-deleted"
    parameters = {"name": name, "discountLineItemId": discount_id}
    return CartError(f"{key}-{discount_id}", key, f"Discount {name} has been added", NOTICE, parameters)


def promotion_not_found(code: str) -> CartError:
    """Tell that no promotion of this channel and time has the code."""
    key = "promotion-not-found"
    message = f"Promotion with code {code} not found!"
    return CartError(key, key, message, ERROR, {"code": code}, shown={"promotionCode": code})


def auto_promotion_not_found(name: str) -> CartError:
    """Tell that an automatic promotion has ended since it came into the cart."""
    key = "auto-promotion-not-found"
    message = f"Promotion {name} was no longer valid!"
    return CartError(f"{key}-{name}", key, message, ERROR, {"name": name}, blocks=True, shown={"name": name})


def promotion_not_eligible(name: str) -> CartError:
    """Tell that the cart does not meet what the promotion demands."""
    key = "promotion-not-eligible"
    message = f"Promotion {name} not eligible for cart!"
    return CartError(key, key, message, NOTICE, {"name": name}, persistent=False, shown={"name": name})


def promotion_excluded(name: str) -> CartError:
    """Tell that another promotion does not tolerate this one."""
    key = "promotion-excluded"
    message = f"Promotion {name} was excluded for cart."
    return CartError(key, key, message, NOTICE, {"name": name}, persistent=False, shown={"name": name})


def promotions_on_cart_price_zero(names: list[str]) -> CartError:
    """Tell that there is nothing to take a discount from."""
    key = "promotions-on-cart-price-zero-error"
    listed = ", ".join(names)
    message = f"Promotions {listed} were excluded for cart because the price of the cart is zero."
    return CartError(key, key, message, NOTICE, {"promotions": listed}, persistent=False, shown={"promotions": names})
