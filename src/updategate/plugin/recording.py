"""Steps and journal of the running process: to evidence, and steps to Allure as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import allure

from updategate.evidence.records import Created, Indicator, Removed, Step
from updategate.evidence.writer import Sink

PARAMETER_LENGTH = 300


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
    """Notes what is about to be created in the shop, and what is gone again."""

    def __init__(self, sink: Sink, process: str | None) -> None:
        self._sink = sink
        self._process = process

    def created(self, entity: str, id: str, mark: str = "") -> None:  # noqa: A002 - Shopware's own word
        """To be called before the request that creates the entity."""
        self._sink.write(Created(process=self._process, entity=entity, id=id, mark=mark))

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
