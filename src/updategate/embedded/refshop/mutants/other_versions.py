"""Answers of Shopware versions that the reference shop cannot be as a whole: no defects, but what connectors broke on.

Each is named by the version that answers so: ``--as-in 6.7`` makes the reference shop, whatever version it otherwise
is, answer as 6.7 does at the points where clients are known to have broken. The sources stand with the classes.
"""

# ruff: noqa: D102, FBT001 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

import difflib
from collections.abc import Mapping

from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.versions import UnknownVersionError


class AsIn64(Behaviour):
    """A sync with ``fail-on-error: false`` goes on after an error and answers 200 (``SyncController`` of 6.4)."""

    def reads_fail_on_error(self) -> bool:
        return True


class AsIn6584(Behaviour):
    """An entity is created from a request without a body (kivitendo-erp#393, OpenXE#146); 6.5.8.14 refuses it."""

    def accepts_empty_rows(self) -> bool:
        return True


class AsIn67(Behaviour):
    """Fields that 6.7 removed or requires (api-client 1.3.0 to 1.4.0), and media of products only when asked for."""

    _removed: Mapping[str, frozenset[str]] = {
        "customer": frozenset({"defaultPaymentMethodId"}),
        "document": frozenset({"fileType"}),
    }
    _required: Mapping[str, frozenset[str]] = {
        "payment_method": frozenset({"technicalName"}),
        "shipping_method": frozenset({"technicalName"}),
    }

    def removed_fields(self, entity: str) -> frozenset[str]:
        return self._removed.get(entity, frozenset()) | super().removed_fields(entity)

    def required_fields(self, entity: str) -> frozenset[str]:
        return self._required.get(entity, frozenset()) | super().required_fields(entity)

    def loads_unasked(self, association: str, usual: bool) -> bool:
        # kivitendo-erp, commit 6d383a24c: of product_media only, and no other association of that name is loaded
        return association != "media" and super().loads_unasked(association, usual)


class AsIn6713(AsIn67):
    """As 6.7, and the context token is told only when it is a new one (shopware/shopware#19547)."""

    def tells_context_token(self, changed: bool) -> bool:
        return changed


ANSWERS: Mapping[str, type[Behaviour]] = {"6.4": AsIn64, "6.5.8.4": AsIn6584, "6.7": AsIn67, "6.7.13": AsIn6713}


def answering_as_in(names: list[str], behaviour: Behaviour) -> Behaviour:
    """Return the behaviour with the answers of these versions over it; an unknown one is an UnknownVersionError."""
    for name in names:
        if name not in ANSWERS:
            nearest = difflib.get_close_matches(name, ANSWERS, n=1, cutoff=0.3)
            hint = f" Did you mean {nearest[0]}?" if nearest else ""
            raise UnknownVersionError(f"--as-in knows {', '.join(ANSWERS)}, not {name}.{hint}")
    kinds = [ANSWERS[name] for name in dict.fromkeys(names)]
    # a version that builds on another one of them contains it
    outer = [kind for kind in kinds if not any(other is not kind and issubclass(other, kind) for other in kinds)]
    if not outer:
        return behaviour
    mixed: Behaviour = type("Answering", (*outer, type(behaviour)), {})()
    return mixed
