"""Steps and journal of the running process: to evidence, and steps to Allure as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import allure
import pytest

from updategate.evidence.handover import Handover
from updategate.evidence.records import Created, Indicator, Removed, Step
from updategate.evidence.writer import Sink

PARAMETER_LENGTH = 300
NOTHING_LEFT = "the run before the update left nothing for this process"


class StepRecorder:
    """Records each task of an actor: what, with what, how long, whether it went well."""

    def __init__(self, sink: Sink, process: str) -> None:
        self._sink = sink
        self._process = process

    @contextmanager
    def step(self, title: str, **parameters: object) -> Iterator[None]:
        """Wrap one task; an exception inside marks the step and passes on."""
        told = {name: str(value)[:PARAMETER_LENGTH] for name, value in parameters.items()}
        shown = f"{title} ({', '.join(f'{name}: {value}' for name, value in told.items())})" if told else title
        begun = perf_counter()
        ok = False
        try:
            with allure.step(shown):
                yield
            ok = True
        finally:
            self._sink.write(
                Step(
                    process=self._process,
                    title=title,
                    parameters=told,
                    seconds=round(perf_counter() - begun, 4),
                    ok=ok,
                )
            )


class EvidenceJournal:
    """Notes what is about to be created in the shop, and what is gone again.

    With ``handover``, what is created stays until the run after the update has ended.
    """

    def __init__(self, sink: Sink, process: str | None, handover: Handover | None = None) -> None:
        self._sink = sink
        self._process = process
        self._handover = handover

    def created(self, entity: str, id: str, mark: str = "") -> None:  # noqa: A002 - Shopware's own word
        """To be called before the request that creates the entity."""
        carried = self._handover is not None
        self._sink.write(Created(process=self._process, entity=entity, id=id, mark=mark, carried=carried))
        if self._handover is not None:
            self._handover.carry(entity, id)

    def removed(self, entity: str, id: str) -> None:  # noqa: A002 - Shopware's own word
        """To be called once the entity is gone."""
        self._sink.write(Removed(entity=entity, id=id))


class IndicatorBook:
    """Notes what this process has measured."""

    def __init__(self, sink: Sink, process: str | None) -> None:
        self._sink = sink
        self._process = process

    def note(self, name: str, value: float, unit: str, samples: int | None = None) -> None:
        """Note one value: ``note("erp.products_per_second", 41.7, "1/s")``."""
        self._sink.write(Indicator(process=self._process, name=name, value=value, unit=unit, samples=samples))


class HandoverDesk:
    """What the running test leaves for the run after the update, or finds there from the run before it."""

    def __init__(self, handover: Handover | None, process: str, copy: int, run: str) -> None:
        self._handover = handover
        self._process = process
        self._copy = copy
        self._run = run

    def leaves(self, key: str, **value: object) -> None:
        """Leave texts, numbers, lists and objects of these under a key."""
        self._opened().leave(self._process, key, self._copy, dict(value))

    def takes(self, key: str) -> dict[str, Any]:
        """Use something up that was left; skips the test where nothing is left, because nothing can be said then."""
        found = self._opened().take(self._process, key, self._run)
        if found is not None:
            return found.value
        if self._opened().was_left(self._process, key):
            pytest.skip("every copy of what the run before the update left has been used by earlier attempts")
        pytest.skip(NOTHING_LEFT)

    def knows(
        self, key: str, lacking: str = "the run before the update left nothing for this process"
    ) -> dict[str, Any]:
        """Look at a fact that was left; skips the test where there is none, and says what is ``lacking``."""
        found = self._opened().known(self._process, key)
        if found is None:
            pytest.skip(lacking)
        return found.value

    def _opened(self) -> Handover:
        if self._handover is None:
            pytest.skip("it is not known what there was before the update: no run with --phase before, or not found")
        return self._handover
