"""``updategate costs`` and ``page-load``: exact counts, and page load in the browser, of two shops side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from playwright.sync_api import sync_playwright
from rich.table import Table

from updategate.actors.identity import Identity
from updategate.actors.shop_access import ShopAccess
from updategate.baseline.decision import Pace
from updategate.baseline.exact import Change, ExactChange, worse
from updategate.baseline.paired import PairedJudgement
from updategate.baseline.pairing import ARMS, Arm
from updategate.campaign.exact_pass import compare_exactly
from updategate.campaign.page_load import PAGES, compare_page_loads
from updategate.cli.options import console, json_option, print_json, project_root
from updategate.clients.browser import BasicAuth, WindowSettings, chromium
from updategate.clients.errors import NoBrowserError, ShopError
from updategate.clients.metrics import FiguresError
from updategate.clients.page_timing import PageTimingError, Throttle
from updategate.config import profile as profile_settings
from updategate.config.environment import Environment, environment_path, load_environment
from updategate.config.errors import ConfigError
from updategate.config.exit_codes import ExitCode
from updategate.config.monitoring import load_monitoring, monitoring_path
from updategate.config.process_environment import browser_path
from updategate.evidence.provenance import provenance_of, run_name
from updategate.evidence.records import CostFinding, Performance, RunStarted, SpeedMetric
from updategate.evidence.writer import EvidenceWriter
from updategate.load.pools import Pools, at_address, read_catalogue, shared_pools
from updategate.load.preparation import access_to, remove_visitors
from updategate.operations.fingerprint import read_build

reference_option = click.option(
    "--reference", help="The shop as it was before the update.  [default: the environment's]"
)
folder_option = click.option(
    "--run-folder", type=click.Path(path_type=Path), help="Where evidence goes.  [default: reports/<run id>]"
)
Arms = dict[Arm, Environment]


@click.command()
@click.argument("env")
@click.option("--monitoring", required=True, help="A name under ci/monitoring, or a file: where the counters are.")
@reference_option
@click.option("--passes", type=click.IntRange(2, 50), default=3, show_default=True, help="Passes over each page.")
@folder_option
@json_option
def costs(
    env: str, monitoring: str, reference: str | None, passes: int, run_folder: Path | None, as_json: bool
) -> ExitCode:
    """Count exactly what pages of ENV cost: statements, rows, bytes, requests, cache hits; against its reference.

    Nobody else may use the shops meanwhile. Exit code 0: nothing costs more, 1: something does, 3: not clear.
    """
    environments = _arms(env, reference)
    source = monitoring_path(monitoring, project_root())
    sources = load_monitoring(source)
    accesses, pools = _ready(environments)
    try:
        found = compare_exactly(accesses, pools, {"before": sources.before, "after": sources.after}, passes=passes)
    except FiguresError as error:
        raise ConfigError.single(str(source), "", f"{error}.") from None
    unclear = [change for change in found if change.change is Change.UNCLEAR]
    more = [change for change in found if worse(change)]
    pace = Pace.SLOWER if more else Pace.INCONCLUSIVE if unclear else Pace.NOT_SLOWER
    with _evidence(environments["after"], "costs", run_folder) as writer:
        findings = [CostFinding(indicator=_name(one), worse=worse(one), text=_text(one)) for one in found]
        writer.write(_performance("exact", pace, costs=findings, reasons=[_text(one) for one in unclear]))
    screen = console(as_json=as_json)
    table = Table("page", "what", "before", "after", "")
    for one in found:
        if one.change is not Change.SAME:
            colour = "red" if worse(one) else "yellow" if one.change is Change.UNCLEAR else "green"
            table.add_row(one.page, one.indicator, _range(one.before), _range(one.after), f"[{colour}]{one.change}[/]")
    if table.row_count:
        screen.print(table)
    screen.print(f"{len(found) - len(more) - len(unclear)} of {len(found)} counts are no higher, {len(more)} are.")
    if as_json:
        print_json({"pace": pace.value, "changes": [_change_json(one) for one in found]})
    return _code(pace)


@click.command("page-load")
@click.argument("env")
@reference_option
@click.option(
    "--pairs", type=click.IntRange(21, 500), default=21, show_default=True, help="Loads of each page and shop."
)
@click.option("--cpu", type=click.FloatRange(1, 20), default=2.0, show_default=True, help="Slow the processor down so.")
@folder_option
@json_option
def page_load(
    env: str, reference: str | None, pairs: int, cpu: float, run_folder: Path | None, as_json: bool
) -> ExitCode:
    """Load ENV's pages in a browser, interleaved with its reference's: TTFB, FCP, LCP, CLS, INP, long tasks, bytes.

    Exit code 0: not slower, 1: slower, 3: inconclusive.
    """
    environments = _arms(env, reference)
    after = environments["after"]
    permitted = {"carts", "customers"} <= after.permits.allowed() and after.admin is not None
    pages = [page for page in PAGES if permitted or not (page.with_cart or page.as_guest)]
    accesses, pools = _ready(environments)
    screen = console(as_json=as_json)
    if not permitted:
        screen.print("Cart and confirm page are left out: they need permits.carts, permits.customers and 'admin'.")
    with _evidence(after, "page-load", run_folder) as writer:
        identity = Identity(seed=after.data_seed, process="LOAD", case="page-load", run=writer.run)
        try:
            with sync_playwright() as playwright, chromium(playwright, browser_path()) as browser:
                found = compare_page_loads(
                    browser,
                    {arm: _window(environment) for arm, environment in environments.items()},
                    pools,
                    email=identity.email,
                    pairs=pairs,
                    throttle=Throttle(cpu=cpu),
                    pages=pages,
                )
        except (PageTimingError, NoBrowserError) as error:
            click.echo(f"{error}.", err=True)
            return ExitCode.INCONCLUSIVE
        finally:
            for access in accesses.values() if permitted else ():
                remove_visitors(access.back_office, writer.run)
        judgement = found.judgement
        writer.write(_performance("browser", judgement.pace, judgement=judgement, reasons=judgement.reasons))
    table = Table("figure", "change", "at least", "at most", "")
    for result in judgement.results:
        verdict = "[red]slower[/red]" if result.slower else "[green]not slower[/green]" if result.not_slower else "?"
        numbers = (f"{value:+.3f}" for value in (result.change, result.lower, result.upper))
        table.add_row(result.metric, *numbers, verdict)
    screen.print(table)
    for reason in (*judgement.reasons, *found.faults):
        screen.print(f"  {reason}")
    screen.print(f"Page load: {judgement.pace.value.replace('_', ' ')} ({pairs} pairs)")
    if as_json:
        results = [vars(result) for result in judgement.results]
        print_json({"pace": judgement.pace.value, "results": results, "reasons": list(judgement.reasons)})
    return _code(judgement.pace)


def _arms(env: str, reference: str | None) -> Arms:
    root = project_root()
    file = environment_path(env, root).absolute()
    after = load_environment(file)
    old = reference or after.reference
    if not old:
        raise ConfigError.single(
            str(file), "reference", "There is no shop to compare with.", "Write 'reference: URL', or give --reference."
        )
    if not after.permits.load:
        raise ConfigError.single(
            str(file), "permits.load", "Measuring is load, and load is not permitted here.", "Write 'load: true'."
        )
    return {"before": at_address(after, old.rstrip("/")), "after": after}


def _ready(environments: Arms) -> tuple[dict[Arm, ShopAccess], dict[Arm, Pools]]:
    accesses = {arm: access_to(environments[arm]) for arm in ARMS}
    try:
        found = shared_pools([read_catalogue(accesses[arm]) for arm in ARMS], profile_settings.Pools())
        pools = {
            arm: replace(
                pool, countries=accesses[arm].countries(), salutations={"any": accesses[arm].salutation() or ""}
            )
            for arm, pool in zip(ARMS, found, strict=True)
        }
    except (ShopError, LookupError) as error:
        raise ConfigError.single(environments["after"].name, "", f"{error}.") from None
    return accesses, pools


def _window(environment: Environment) -> WindowSettings:
    auth = environment.http.basic_auth
    return WindowSettings(
        environment.storefront_url,
        BasicAuth(auth.username, auth.password.get_secret_value()) if auth else None,
        ignore_https_errors=not environment.http.verify_tls,
        proxy=environment.http.proxy,
    )


@contextmanager
def _evidence(environment: Environment, what: str, folder: Path | None) -> Iterator[EvidenceWriter]:
    root = project_root()
    folder = folder or root / "reports" / run_name(f"{environment.name}-{what}")
    writer = EvidenceWriter(folder, folder.name)
    build = read_build(environment)
    came_from = provenance_of(environment, root)
    writer.write(RunStarted(kind="load", scope=what, build=build, provenance=came_from))
    try:
        yield writer
    except BaseException as error:
        writer.finish(build, interrupted=True, reason=f"{type(error).__name__}: {error}")
        raise
    writer.finish(build)


def _performance(
    mode: str,
    pace: Pace,
    *,
    costs: Sequence[CostFinding] = (),
    judgement: PairedJudgement | None = None,
    reasons: Sequence[str] = (),
) -> Performance:
    metrics = [
        SpeedMetric(
            metric=result.metric,
            change=result.change,
            lower=_finite(result.lower),
            upper=_finite(result.upper),
            detectable=None,
            slower=result.slower,
            not_slower=result.not_slower,
        )
        for result in (judgement.results if judgement else ())
    ]
    return Performance(
        mode="exact" if mode == "exact" else "browser",
        profile=mode,
        pace=pace.value,
        units=judgement.results[0].pairs if judgement and judgement.results else 0,
        final=True,
        tolerance=0.0,
        margin=0.0,
        metrics=tuple(metrics),
        costs=tuple(costs),
        reasons=tuple(reasons),
    )


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def _code(pace: Pace) -> ExitCode:
    codes: Mapping[Pace, ExitCode] = {Pace.NOT_SLOWER: ExitCode.PASS, Pace.SLOWER: ExitCode.FAIL}
    return codes.get(pace, ExitCode.INCONCLUSIVE)


def _name(change: ExactChange) -> str:
    return f"{change.page}.{change.indicator}"


def _text(change: ExactChange) -> str:
    numbers = f"{_range(change.before)} before, {_range(change.after)} after"
    return f"{_name(change)}: {change.change.value}, {numbers}" + (f": {change.reason}" if change.reason else "")


def _range(values: Sequence[float]) -> str:
    if not values:
        return "–"
    return f"{min(values):g}" if min(values) == max(values) else f"{min(values):g} to {max(values):g}"


def _change_json(change: ExactChange) -> dict[str, object]:
    return {
        "page": change.page,
        "indicator": change.indicator,
        "before": list(change.before),
        "after": list(change.after),
        "change": change.change.value,
        "worse": worse(change),
        "reason": change.reason,
    }
