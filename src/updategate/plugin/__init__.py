"""The pytest plugin: options, markers, evidence.

It does nothing unless ``--shop-env`` is given, so that installing updategate changes no other test run.
Assertions in suites are written ``assert actual == expected``: the two sides of a failed comparison are kept as
such in evidence.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import allure
import pytest

from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.evidence.handover import Handover
from updategate.evidence.provenance import run_name
from updategate.operations.capabilities import Shop
from updategate.operations.run_lock import attend
from updategate.plugin.allure_files import write_allure_files
from updategate.plugin.attachments import keep_proof
from updategate.plugin.lifetime import end_with_parent
from updategate.plugin.recording import EvidenceJournal, HandoverDesk, IndicatorBook, StepRecorder
from updategate.plugin.session import COMPARED, FAILED, Controller, Worker, remote_sink
from updategate.plugin.settings import add_options, resolve

WORKER = pytest.StashKey[Worker]()
CONTROLLER = pytest.StashKey[Controller]()
COMPARISON_LENGTH = 500
COPY = "_copy"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; with ``--shop-env``, open the evidence of this run."""
    config.addinivalue_line("markers", "process(id): the test carries out this business process")
    config.addinivalue_line("markers", "before_update(copies=1): only in a run before an update; leaves so many copies")
    config.addinivalue_line("markers", "after_update: only in a run after an update")
    if not config.getoption("--shop-env") or config.option.collectonly:
        return
    given: dict[str, str] | None = getattr(config, "workerinput", {}).get("updategate")
    try:
        settings = resolve(config, given["folder"] if given else run_name("run"))
        attend(settings.environment.url)
        if given is not None:
            capabilities = frozenset(filter(None, given["capabilities"].split(",")))
            shop = Shop(version=given["version"] or None, capabilities=capabilities)
            worker_id = str(getattr(config, "workerinput", {})["workerid"])
            config.stash[WORKER] = Worker(settings, remote_sink(given, worker_id), shop)
            return
        if config.getoption("--progress-fd") is not None:
            end_with_parent()
        controller = Controller(settings, settings.folder.name, config.rootpath, config.getoption("--progress-fd"))
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[CONTROLLER] = controller
    config.stash[WORKER] = Worker(settings, controller.writer, controller.shop)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController has no types
    """Tell an xdist worker where the evidence is written."""
    controller = node.config.stash.get(CONTROLLER, None)
    if controller is not None:
        node.workerinput["updategate"] = controller.worker_input()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what the scope selects."""
    worker = config.stash.get(WORKER, None)
    if worker is None:
        return
    try:
        worker.collected(items, config)
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """The cases of a process must stay on one worker, or its result would never be complete."""
    config = session.config
    if config.stash.get(WORKER, None) is None or not hasattr(config, "workerinput"):
        return
    if any("@" not in item.nodeid for item in session.items):
        message = (
            "pytest-xdist does not keep the cases of a process together: use --dist loadgroup, and pytest below 9.2."
        )
        raise pytest.UsageError(message)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``--repeat-each N`` makes N cases of each test; ``before_update(copies=N)`` lets it leave N copies."""
    leaving = metafunc.definition.get_closest_marker("before_update")
    copies = int(leaving.kwargs.get("copies", 1)) if leaving else 1
    if copies > 1 and metafunc.config.stash.get(WORKER, None) is not None:
        metafunc.fixturenames.append(COPY)
        metafunc.parametrize(COPY, range(1, copies + 1), ids=lambda number: f"copy{number}")
    repeats = int(metafunc.config.getoption("--repeat-each") or 1)
    if repeats > 1 and metafunc.config.stash.get(WORKER, None) is not None:
        metafunc.fixturenames.append("_repetition")
        metafunc.parametrize("_repetition", range(1, repeats + 1), ids=lambda number: f"repeat{number}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A process starts with its first test and ends with its last."""
    worker = item.config.stash.get(WORKER, None)
    if worker is None:
        return (yield)
    worker.begin(item)
    result = yield
    ended = worker.test_ended(item)
    if ended is not None and ended.status == "failed" and item.config.getoption("--stop-at-failure"):
        item.session.shouldfail = f"{ended.process} failed, and the run was to end with the first failure"
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What cannot be carried out here is left out, with the reason."""
    worker = item.config.stash.get(WORKER, None)
    process = worker.process_of(item) if worker else None
    if worker is None or process is None:
        return
    allure.dynamic.epic("Business processes")
    allure.dynamic.feature(process.areas[0])
    allure.dynamic.story(f"{process.id} {process.title}")
    allure.dynamic.severity("critical" if process.critical else "normal")
    allure.dynamic.label("owner", process.owner)
    allure.dynamic.parameter("environment", worker.settings.environment.name)
    allure.dynamic.parameter("shopware", worker.shop.version or "unknown")
    allure.dynamic.parameter("phase", worker.settings.phase or "single")
    refused = worker.why_not(process)
    if refused is not None:
        pytest.skip(refused[1])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fold each phase into the outcome, and attach the last exchanges to a failure."""
    report = yield
    worker = item.config.stash.get(WORKER, None)
    if worker is not None:
        error = call.excinfo.value if call.excinfo else None
        if report.failed:
            item.stash[FAILED] = True
            process = worker.process_of(item)
            if report.when != "teardown" and process is not None:
                folder = worker.settings.folder / "artefacts" / process.id
                keep_proof(getattr(item, "funcargs", {}), error, folder, item.name)
        worker.phase_ended(item, report, error)
    return report


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> None:
    """Keep both sides of a failed ``actual == expected``."""
    item = config.stash.get(CURRENT, None)
    if item is not None and op == "==":
        item.stash[COMPARED] = (str(left)[:COMPARISON_LENGTH], str(right)[:COMPARISON_LENGTH])


CURRENT = pytest.StashKey[pytest.Item]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Remember which test compares."""
    item.config.stash[CURRENT] = item


def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Nothing to do here: the session's exit status tells; kept so that pytest prints no internal error."""


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the last line, and the files that Allure does not write by itself."""
    controller = session.config.stash.get(CONTROLLER, None)
    if controller is None:
        return
    if exitstatus in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR):
        controller.interrupted("the run was interrupted" if exitstatus == 2 else "pytest had an internal error")
    controller.close()
    results = session.config.getoption("allure_report_dir", None)
    if results:
        write_allure_files(Path(str(results)), controller.settings, controller.shop, controller.run)


@pytest.fixture(scope="session")
def environment(request: pytest.FixtureRequest) -> Environment:
    """The environment under test."""
    return _worker(request).settings.environment


@pytest.fixture(scope="session")
def shop(request: pytest.FixtureRequest) -> Shop:
    """Version and capabilities of the shop under test."""
    return _worker(request).shop


@pytest.fixture(scope="session")
def run_id(request: pytest.FixtureRequest) -> str:
    """The id of this run, to tag what it creates."""
    return _worker(request).settings.folder.name


@pytest.fixture
def process_id(request: pytest.FixtureRequest) -> str:
    """The id of the process that this test carries out."""
    process = _worker(request).process_of(request.node)
    return process.id if process else request.node.name


@pytest.fixture
def run_recorder(request: pytest.FixtureRequest, process_id: str) -> StepRecorder:
    """Records the steps of this process."""
    return StepRecorder(_worker(request).sink, process_id)


@pytest.fixture
def journal(request: pytest.FixtureRequest, process_id: str) -> EvidenceJournal:
    """Notes what this process creates and removes."""
    kept = _handover(request) if leaves_things(request.node) else None
    return EvidenceJournal(_worker(request).sink, process_id, kept)


@pytest.fixture
def handover(request: pytest.FixtureRequest, process_id: str, run_id: str) -> HandoverDesk:
    """What this test leaves for the run after the update, or finds from the run before it."""
    callspec = getattr(request.node, "callspec", None)
    copy = int(callspec.params.get(COPY, 1)) if callspec else 1
    return HandoverDesk(_handover(request), process_id, copy, run_id)


@pytest.fixture
def indicators(request: pytest.FixtureRequest, process_id: str) -> IndicatorBook:
    """Notes what this process measures."""
    return IndicatorBook(_worker(request).sink, process_id)


@pytest.fixture
def artefacts(request: pytest.FixtureRequest, process_id: str) -> Path:
    """A folder for this process's screenshots, traces and documents."""
    folder = _worker(request).settings.folder / "artefacts" / process_id
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def leaves_things(item: pytest.Item) -> bool:
    """Whether what this test creates stays until the run after the update has ended."""
    return item.get_closest_marker("before_update") is not None


def _handover(request: pytest.FixtureRequest) -> Handover | None:
    path = _worker(request).settings.handover
    return Handover.found(path) if path else None


def has_failed(item: pytest.Item) -> bool:
    """Whether a phase of this test has failed so far: for fixtures that keep traces only then."""
    return item.stash.get(FAILED, False)


def _worker(request: pytest.FixtureRequest) -> Worker:
    worker = request.config.stash.get(WORKER, None)
    if worker is None:
        message = "Suites need a shop: give --shop-env ENVIRONMENT, or use `updategate run ENVIRONMENT`."
        raise pytest.UsageError(message)
    return worker
