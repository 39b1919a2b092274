"""Prices by quantity from before the update: each of them is charged as before."""

from datetime import UTC, datetime, timedelta

import pytest

from updategate.actors.keepsake import Keepsake
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.products import Catalogue, Tier
from updategate.actors.test_data.rules import Rules, between_dates
from updategate.domain.money import eur
from updategate.plugin.recording import HandoverDesk

# 1 to 9 pieces 10.71, 10 to 49 pieces 9.52, from 50 on 8.33
TIERS = (
    Tier(1, eur("9.00"), eur("10.71"), to_quantity=9),
    Tier(10, eur("8.00"), eur("9.52"), to_quantity=49),
    Tier(50, eur("7.00"), eur("8.33")),
)
TABLE = [(9, eur("10.71")), (49, eur("9.52")), (50, eur("8.33"))]


@pytest.mark.process("UPD-017")
@pytest.mark.before_update
def test_products_with_prices_by_quantity_are_left(
    shopper: Shopper, catalogue: Catalogue, rules: Rules, handover: HandoverDesk
) -> None:
    now = datetime.now(UTC)
    this_year = rules.all_of("this year", between_dates(now - timedelta(days=1), now + timedelta(days=365)))
    pumps = [catalogue.offers(f"pump {number}", gross=eur("11.90"), stock=1000) for number in (1, 2, 3)]
    for pump in pumps:
        catalogue.prices(pump, this_year, TIERS)
        assert shopper.sees_tiers(pump) == TABLE
    handover.leaves("pumps", pumps=[Keepsake.of(pump) for pump in pumps])


@pytest.mark.process("UPD-017")
@pytest.mark.after_update
def test_prices_by_quantity_from_before_are_charged(shopper: Shopper, handover: HandoverDesk) -> None:
    for left in handover.knows("pumps")["pumps"]:
        pump = Keepsake.read(left)
        assert shopper.sees_tiers(pump) == TABLE
        shopper.puts_in_cart(pump)
        charged = [shopper.changes_quantity(pump, pieces).line(pump.number).unit_price for pieces in (9, 10, 49, 50)]
        assert charged == [eur("10.71"), eur("9.52"), eur("9.52"), eur("8.33")]
