"""The speed of an updated shop against the copy of the old one: the part of an update that measures."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from updategate.campaign.conduct import LoadRun, compare_side_by_side
from updategate.cli.holding import SILENCE_UNDER_LOAD, holding
from updategate.config.environment import Environment
from updategate.config.process_environment import for_child
from updategate.config.profile import load_profile, profile_path
from updategate.config.update_plan import UpdatePlan
from updategate.evidence.provenance import provenance_of
from updategate.load.guard import LoadStoppedError
from updategate.operations.fingerprint import read_build
from updategate.operations.update.stopping import UpdateStoppedError


def compare_speed(
    root: Path, file: Path, environment: Environment, plan: UpdatePlan, folder: Path, screen: Console
) -> None:
    """Compare the shop's speed with its reference's by the plan's profile, and leave the evidence in ``folder``."""
    source = profile_path(str(plan.performance_profile), root)
    came_from = provenance_of(environment, root, profile=source)
    job = LoadRun(
        environment_file=file,
        environment=environment,
        profile=load_profile(source),
        profile_source=str(source),
        scenarios=root / "scenarios",
        folder=folder,
        variables=for_child({}),
        provenance=came_from,
        build=read_build(environment),
        phase="after",
    )
    reference = str(environment.reference).rstrip("/")
    other = environment.model_copy(update={"url": reference})
    try:
        with holding(other, "update", 0, screen, SILENCE_UNDER_LOAD):
            done = compare_side_by_side(
                job,
                reference,
                progress=lambda units, most, found: screen.print(
                    f"  after {units} of at most {most} units: {found.pace.value.replace('_', ' ') if found else '…'}",
                    style="dim",
                ),
            )
    except LoadStoppedError as error:
        message = f"Load was stopped: {error}."
        raise UpdateStoppedError(message) from None
    for fault in done.left_behind:
        screen.print(f"[red]Not removed:[/red] {fault}")
