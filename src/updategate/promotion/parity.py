"""How like production a test environment is. Pure: what the shops say comes in, records for the evidence go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from updategate.config.policy import ParityRules
from updategate.config.stages import StageException
from updategate.evidence.records import Build, EnvironmentFacts, Parity
from updategate.promotion.comparison import (
    Compared,
    Difference,
    compare_builds,
    compare_environments,
    without_exceptions,
)


def compare_shops(
    test: tuple[Build | None, EnvironmentFacts],
    production: tuple[Build | None, EnvironmentFacts],
    rules: ParityRules,
    exceptions: Sequence[StageException],
    today: date,
) -> list[Parity]:
    """One record for each thing that was compared: version, each differing plugin and setting, theme, counts.

    What only one side can tell is a record without an answer; what neither can (a lock file, say) is no record.
    """
    records = _build_records(test[0], production[0])
    environment = compare_environments(production[1], test[1], exceptions, today)
    records += _environment_records(environment, test[1], production[1])
    records += [
        _count_record(entity, tolerance, test[1], production[1], exceptions, today)
        for entity, tolerance in rules.counts.items()
    ]
    return records


def _build_records(test: Build | None, production: Build | None) -> list[Parity]:
    if test is None or production is None:
        side = "the test environment" if test is None else "production"
        return [_unknown("build", f"{side} could not be asked")]
    compared = compare_builds(production, test)
    records = [_differing(difference) for difference in compared.differences]
    found = {record.what for record in records}
    if "Shopware" not in found:
        records.append(Parity(what="Shopware", alike=True, test=test.core, production=production.core))
    if not any(what.startswith("plugin ") for what in found):
        told = f"{len(test.plugins)} plugins"
        records.append(Parity(what="plugins", alike=True, test=told, production=told))
    return records


def _environment_records(compared: Compared, test: EnvironmentFacts, production: EnvironmentFacts) -> list[Parity]:
    records = [_differing(difference) for difference in compared.differences]
    records += [Parity(what=text, alike=True, test="", production="", allowed="excepted") for text in compared.excepted]
    found = {record.what.partition(".")[0] for record in records}
    if test.settings is not None and production.settings is not None and "settings" not in found:
        told = f"{len(test.settings)} settings"
        records.append(
            Parity(what="settings", alike=True, test=told, production=f"{len(production.settings)} settings")
        )
    if test.theme and test.theme == production.theme:
        records.append(Parity(what="theme", alike=True, test=test.theme, production=production.theme))
    return records


def _count_record(
    entity: str,
    tolerance: str,
    test: EnvironmentFacts,
    production: EnvironmentFacts,
    exceptions: Sequence[StageException],
    today: date,
) -> Parity:
    what = f"counts.{entity}"
    one, other = test.counts.get(entity), production.counts.get(entity)
    told = ("unknown" if one is None else str(one), "unknown" if other is None else str(other))
    allowed = f"± {tolerance}"
    alike = None if one is None or other is None else within(one, other, tolerance)
    if not alike:
        difference = Difference(what, told[1], told[0], known=alike is False)
        covered = without_exceptions([difference], (), exceptions, today).excepted
        if covered:
            return Parity(what=covered[0], alike=True, test=told[0], production=told[1], allowed="excepted")
    return Parity(what=what, alike=alike, test=told[0], production=told[1], allowed=allowed)


def within(test: int, production: int, tolerance: str) -> bool:
    """Whether two counts differ by no more than ``5`` or ``10%`` (of production's)."""
    share = tolerance.endswith("%")
    limit = Decimal(tolerance[:-1]) / 100 * production if share else Decimal(tolerance)
    return abs(test - production) <= limit


def _differing(difference: Difference) -> Parity:
    return Parity(
        what=difference.what,
        alike=False if difference.known else None,
        test=difference.actual,
        production=difference.expected,
    )


def _unknown(what: str, why: str) -> Parity:
    return Parity(what=what, alike=None, test=why, production=why)
