"""Mutants that are right in all they answer, and slower or hungrier than they were.

No business process fails because of them: a comparison of speed, of exact counts or of the server's figures has
to find them. So they stand apart from the mutants that the suites are proven with.
"""

# ruff: noqa: D102 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

PERFORMANCE = Group("performance", "performance")


@PERFORMANCE.mutant("slow-listing", "class: a fifth more work per listing", "listing catalogue")
class SlowListing(Behaviour):
    """A listing takes a fifth more CPU."""

    def extra_cpu(self, kind: str, usual: float, recent: int) -> float:
        del recent
        return 0.2 * usual if kind == "listing" else 0.0


@PERFORMANCE.mutant("n-plus-one", "class: one query per product of a listing", "listing catalogue")
class NPlusOne(Behaviour):
    """A listing reads each of its products once more."""

    def extra_reads(self, kind: str) -> int:
        return 24 if kind == "listing" else 0


@PERFORMANCE.mutant("cache-misses", "shopware/shopware#15135", "cache storefront")
class CacheMisses(Behaviour):
    """No page is kept in the HTTP cache."""

    def page_is_kept(self, kind: str) -> bool:
        del kind
        return False


@PERFORMANCE.mutant("memory-growth", "shopware/shopware#10605", "storefront")
class MemoryGrowth(Behaviour):
    """Each request leaves a quarter of a megabyte behind."""

    def bytes_left_behind(self, kind: str) -> int:
        del kind
        return 256 * 1024


@PERFORMANCE.mutant("slow-under-load", "shopware/shopware#7398", "storefront")
class SlowUnderLoad(Behaviour):
    """From 40 requests a second on, each takes more than half as long again."""

    def extra_cpu(self, kind: str, usual: float, recent: int) -> float:
        del kind
        return 0.6 * usual if recent >= 40 else 0.0


@PERFORMANCE.mutant("larger-responses", "class: a script or style is put into every page", "storefront catalogue")
class LargerResponses(Behaviour):
    """Pages are 40 KB larger."""

    def padding_bytes(self, kind: str) -> int:
        return 40 * 1024 if kind in {"listing", "detail", "search", "home"} else 0
