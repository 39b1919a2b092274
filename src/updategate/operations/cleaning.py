"""Remove what runs left in a shop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from updategate.actors.cleaning import Cleaned, clean
from updategate.clients.connection import admin_api, store_api
from updategate.clients.errors import ShopError
from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.evidence.handover import Handover
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.evidence.records import Created
from updategate.operations.erp_cleaning import clean_erp, in_journal


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What was removed (entity → number), and what could not be."""

    removed: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def removed_total(self) -> int:
        """How many objects were removed."""
        return sum(self.removed.values())

    def and_also(self, other: Cleaning) -> Cleaning:
        """Both together."""
        removed = {
            entity: self.removed.get(entity, 0) + other.removed.get(entity, 0)
            for entity in {**self.removed, **other.removed}
        }
        return Cleaning(removed, (*self.problems, *other.problems))


def clean_run(environment: Environment, evidence: RunEvidence) -> Cleaning:
    """Remove what one run created and did not remove, going by its journal; other runs' data stay."""
    left = [record for record in evidence.leftovers() if not record.carried]
    if not left:
        return Cleaning()
    # first the ERP: what it still sells, the next exchange would bring back
    in_erp = Cleaning(*clean_erp(environment, in_journal(_keys(left))))
    return in_erp.and_also(_cleaned(environment, _keys(left), spare=(), by_mark=False))


def clean_environment(environment: Environment, reports: Path, *, carried: bool) -> Cleaning:
    """Remove everything that carries the mark of a run, or stands in the journal of one under ``reports``; ERP first.

    What waits for the run after the update stays, unless ``carried``.
    """
    journal = list(_journals(environment, reports))
    spare = () if carried else tuple(record.id for record in journal if record.carried)
    waiting = list(Handover.open_under(reports, environment.name)) if carried else []
    for handover in waiting:
        _drop_carts(environment, handover)
    in_erp = Cleaning(*clean_erp(environment))
    cleaning = in_erp.and_also(_cleaned(environment, _keys(journal), spare=spare, by_mark=True))
    if not cleaning.problems:
        for handover in waiting:
            handover.close("clean")
    return cleaning


def clean_carried(environment: Environment, handover: Handover, run: str) -> Cleaning:
    """Remove what a before run has left for the after run, used or not; the hand-over is closed then."""
    _drop_carts(environment, handover)
    cleaning = _cleaned(environment, handover.things(), spare=(), by_mark=False)
    if not cleaning.problems:
        handover.close(run)
    return cleaning


def _drop_carts(environment: Environment, handover: Handover) -> None:
    """Throw the carts of sessions away that were left; one that is gone, or a shop that is down, is no trouble."""
    for session in handover.sessions():
        api = store_api(environment)
        api.token = session
        with suppress(ShopError):
            api.delete_cart()


def _keys(records: Iterable[Created]) -> list[tuple[str, str]]:
    return [(record.entity, record.id) for record in records]


def _cleaned(
    environment: Environment, journal: Iterable[tuple[str, str]], *, spare: Iterable[str], by_mark: bool
) -> Cleaning:
    admin = admin_api(environment)
    if admin is None:
        return Cleaning(problems=("the environment file gives no credentials for the Admin API",))
    try:
        result: Cleaned = clean(admin, journal, spare=spare, by_mark=by_mark)
    except ShopError as error:
        return Cleaning(problems=(str(error),))
    return Cleaning({entity: len(ids) for entity, ids in result.removed.items()}, tuple(result.faults))


def _journals(environment: Environment, reports: Path) -> Iterator[Created]:
    for path in sorted(reports.glob("**/evidence.jsonl")):
        try:
            evidence = read_evidence(path)
        except ConfigError:
            continue
        if evidence.started and evidence.started.provenance.environment == environment.name:
            yield from evidence.leftovers()
