"""The registry of business processes (``suites/processes.yaml``)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, Self, TypeVar

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import AfterValidator, Field, model_validator

from updategate.config.loading import Strict, build, load

Effect = Literal["carts", "customers", "orders", "admin_write", "load", "update", "canary"]


def _specifier(value: str) -> str:
    try:
        SpecifierSet(value)
    except InvalidSpecifier:
        message = f"Shopware versions are written like '>=6.5,<6.8', not {value!r}"
        raise ValueError(message) from None
    return value


class Process(Strict):
    """One business process.

    ``title_de`` is what German reports call it. ``needs`` are capabilities of the shop without which it does not apply;
    ``effects`` what it writes, which the environment must permit; ``areas`` the parts of the shop it stands for (cart,
    tax, price, mail …).
    ``around_update`` marks what leaves something before an update and finds it afterwards: without a phase it says
    nothing, and is not carried out.
    """

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{1,7}-\d{3}$")
    title: str = Field(min_length=3)
    title_de: str = ""
    owner: str = Field(min_length=1)
    critical: bool
    versions: Annotated[str, AfterValidator(_specifier)] = ">=6.5"
    needs: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    areas: tuple[str, ...] = Field(min_length=1)
    around_update: bool = False

    def applies_to(self, version: str) -> bool:
        """Whether the process is meant for this Shopware version (``6.6.7.1``, pre-releases included)."""
        return SpecifierSet(self.versions).contains(version, prereleases=True)


class Registry(Strict):
    """All processes that a release is judged by."""

    processes: tuple[Process, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_once(self) -> Registry:
        seen: set[str] = set()
        for process in self.processes:
            if process.id in seen:
                message = f"the process {process.id} stands twice"
                raise ValueError(message)
            seen.add(process.id)
        return self

    def by_id(self) -> dict[str, Process]:
        """The processes by their id."""
        return {process.id: process for process in self.processes}

    def critical_in(self, areas: Collection[str]) -> Registry:
        """The same registry, in which every process of one of these areas is critical."""
        return self.model_copy(update={"processes": critical_in(self.processes, areas)})


class Weighed(Protocol):
    """A process, registered or in evidence, that stands for areas and may be critical."""

    @property
    def areas(self) -> tuple[str, ...]:
        """The parts of the shop that it stands for."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """A copy with these fields changed."""


AnyProcess = TypeVar("AnyProcess", bound=Weighed)


def critical_in(processes: Iterable[AnyProcess], areas: Collection[str]) -> tuple[AnyProcess, ...]:
    """The processes, critical where they stand for one of these areas."""
    touched = set(areas)
    return tuple(
        process.model_copy(update={"critical": True}) if touched & set(process.areas) else process
        for process in processes
    )


def carried_out_in(phase: str | None, processes: Iterable[Process]) -> tuple[Process, ...]:
    """The processes that a run of this phase carries out; without one, none of those around an update."""
    return tuple(process for process in processes if phase or not process.around_update)


def merged(registries: Iterable[Registry]) -> Registry:
    """One registry of several; an id that stands in two of them is an error."""
    processes = [process.model_dump() for registry in registries for process in registry.processes]
    return build({"processes": processes}, Registry, "process registries")


def load_registry(path: Path) -> Registry:
    """Read the process registry."""
    return load(path, Registry, "process registry", variables={})
