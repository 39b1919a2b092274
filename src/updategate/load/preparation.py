"""Before load: what the journeys need is found or made in each shop. After it: what load left is removed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from updategate.actors.identity import EMAIL_DOMAIN, EMAIL_MARK, Identity
from updategate.actors.recorder import MemoryJournal, SilentRecorder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.products import Catalogue as OwnProducts
from updategate.actors.test_data.workbench import Workbench
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.connection import credentials, transport_to
from updategate.clients.errors import ApiError
from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.config.profile import Profile
from updategate.domain.money import Money
from updategate.evidence.records import Created, Removed
from updategate.evidence.writer import Sink
from updategate.load.journey import Journey
from updategate.load.pools import Customer, Pools, load_identity, read_catalogue, shared_pools

OWN_PRODUCTS = 25
_PAGE = 100


def access_to(environment: Environment) -> ShopAccess:
    """The way into one shop, for preparation and cleaning."""
    transport = transport_to(environment)
    return ShopAccess(
        transport=transport,
        access_key=environment.sales_channel.access_key.get_secret_value(),
        storefront_url=environment.storefront_url,
        admin=AdminApi(transport, credentials(environment.admin)) if environment.admin else None,
        permits=environment.permits.allowed(),
        currency=environment.sales_channel.currency,
    )


def leaves_traces(profile: Profile, journeys: Mapping[str, Journey]) -> bool:
    """Whether this load creates customers, orders or products, which somebody has to remove."""
    used = [journeys[name] for name, weight in {**profile.mix, **profile.background}.items() if weight > 0]
    return any(journey.customers or {"customers", "orders", "admin_write"} & set(journey.needs) for journey in used)


@dataclass
class PreparedShop:
    """One shop that is ready for load."""

    environment: Environment
    access: ShopAccess
    pools: Pools
    workbench: Workbench


class Preparation:
    """Prepares all arms of a run, and cleans up after it. ``sink`` takes what is created before it is created."""

    def __init__(
        self, profile: Profile, journeys: Mapping[str, Journey], environments: Mapping[str, Environment], run: str
    ) -> None:
        self._profile, self._journeys, self._environments, self._run = profile, journeys, environments, run
        self.shops: dict[str, PreparedShop] = {}
        self.traces = leaves_traces(profile, journeys)

    def prepare(self, sink: Sink | None = None) -> dict[str, Pools]:
        """Find pools, register customers, make products for the ERP; returns the pools of each arm."""
        accesses = {arm: access_to(environment) for arm, environment in self._environments.items()}
        if self.traces:
            self._require_cleaning(accesses)
        found = shared_pools([read_catalogue(access) for access in accesses.values()], self._profile.pools)
        used = [self._journeys[name] for name in (*self._profile.mix, *self._profile.background)]
        for (arm, access), pools in zip(accesses.items(), found, strict=True):
            environment = self._environments[arm]
            identity = load_identity(environment, self._run)
            workbench = Workbench(access, identity, MemoryJournal())
            if sink is not None and self.traces:
                for entity in ("customer", "order"):
                    sink.write(Created(entity=entity, id=f"email:{self.pattern}", mark=identity.tag))
            complete = replace(
                pools,
                countries=access.countries(),
                salutations=dict(_salutations(access)),
                currency=access.session().currency,
            )
            self.shops[arm] = PreparedShop(environment, access, complete, workbench)
            if any(journey.customers for journey in used):
                complete = replace(complete, customers=self._customers(access, identity, workbench))
            if any("admin_write" in journey.needs for journey in used):
                complete = replace(complete, own_products=_products(workbench))
            self.shops[arm].pools = complete
        return {arm: shop.pools for arm, shop in self.shops.items()}

    @property
    def pattern(self) -> str:
        """What the e-mail addresses of this run's visitors look like."""
        return f"{EMAIL_MARK}load-*{_ending(self._run)}"

    def clean(self, sink: Sink | None = None) -> tuple[dict[str, int], list[str]]:
        """Remove what load left in every shop; returns numbers by entity, and what could not be removed."""
        removed: dict[str, int] = {}
        faults: list[str] = []
        for arm, shop in self.shops.items():
            if not self.traces or shop.access.admin is None:
                continue
            try:
                for entity, count in remove_visitors(shop.access.admin, self._run).items():
                    removed[entity] = removed.get(entity, 0) + count
                    if sink is not None:
                        sink.write(Removed(entity=entity, id=f"email:{self.pattern}"))
                shop.workbench.clear()
            except (ApiError, RuntimeError) as fault:
                faults.append(f"{arm}: {fault}")
        return removed, faults

    def _require_cleaning(self, accesses: Mapping[str, ShopAccess]) -> None:
        for arm, access in accesses.items():
            if access.admin is None:
                raise ConfigError.single(
                    self._environments[arm].name,
                    "admin",
                    f"The profile '{self._profile.profile}' leaves customers or orders, and without the Admin API "
                    "nobody could remove them.",
                    "Add an 'admin' section to the environment file, or choose a profile that only looks.",
                )

    def _customers(self, access: ShopAccess, identity: Identity, workbench: Workbench) -> tuple[Customer, ...]:
        customers = []
        for number in range(1, max(1, self._profile.pools.customers) + 1):
            shopper = Shopper(access, identity, SilentRecorder(), workbench, number=number)
            login = shopper.registers()
            customers.append(Customer(login.email, login.password))
        return tuple(customers)


def _products(workbench: Workbench) -> tuple[str, ...]:
    catalogue = OwnProducts(workbench)
    return tuple(
        catalogue.offers(f"erp{number}", gross=Money.of("11.90", workbench.place.currency)).id
        for number in range(OWN_PRODUCTS)
    )


def _salutations(access: ShopAccess) -> Mapping[str, str]:
    found = access.salutation()
    return {"not_specified": found} if found else {}


def _ending(run: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", run.lower()).strip("-") or "x"
    return f"-{slug}@{EMAIL_DOMAIN}"


def remove_visitors(admin: AdminApi, run: str) -> dict[str, int]:
    """Remove all orders and customers of a run's visitors; returns how many of each."""
    removed = {}
    for entity, field in (("order", "orderCustomer.email"), ("customer", "email")):
        criteria = Criteria().starts_with(field, f"{EMAIL_MARK}load-").ends_with(field, _ending(run)).limit(_PAGE)
        count = 0
        while ids := admin.ids(entity, criteria):
            _remove_all(admin, entity, ids)
            count += len(ids)
        removed[entity] = count
    return removed


def _remove_all(admin: AdminApi, entity: str, ids: Sequence[str]) -> None:
    for batch in _batches(ids, 25):
        admin.remove((entity, [{"id": entry} for entry in batch]))


def _batches(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
