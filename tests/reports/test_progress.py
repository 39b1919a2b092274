"""A run while it goes on: what is done, what fails, how long it still takes, in the terminal and on the live page."""

from __future__ import annotations

import http.client
import io
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from rich.console import Console

from updategate.reports.live import LivePage, PortTakenError
from updategate.reports.progress import RunState
from updategate.reports.terminal import RunProgress

STARTED = {
    "type": "run_started",
    "processes": ["CHK-001", "CHK-002", "CHK-003"],
    "registry": [
        {"id": "CHK-001", "title": "A guest orders"},
        {"id": "CHK-002", "title": "<b>A customer</b> orders"},
        {"id": "CHK-003", "title": "A company orders"},
    ],
}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def begins(process: str) -> dict[str, Any]:
    return {"type": "process_started", "process": process}


def ends(process: str, status: str = "passed", seconds: float = 10.0, message: str = "") -> dict[str, Any]:
    return {
        "type": "process_finished", "process": process, "status": status, "seconds": seconds, "message": message,
        "expected": None, "actual": None,
    }  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock()


def state_of(clock: Clock, workers: int = 1, expected: dict[str, float] | None = None) -> RunState:
    state = RunState("staging", "full", 3, workers, expected or {}, clock)
    state.take(STARTED)
    return state


def test_time_left_comes_from_earlier_runs(clock: Clock) -> None:
    state = state_of(clock, expected={"CHK-001": 10, "CHK-002": 20, "CHK-003": 30})
    assert state.seconds_left() == 60
    state.take(begins("CHK-001"))
    clock.now += 4
    assert state.seconds_left() == 56
    state.take(ends("CHK-001"))
    assert state.seconds_left() == 50


def test_workers_share_the_time_but_no_process_ends_early(clock: Clock) -> None:
    state = state_of(clock, workers=3, expected={"CHK-001": 10, "CHK-002": 20, "CHK-003": 30})
    assert state.seconds_left() == 30  # 60 / 3 would be 20, but one takes 30


def test_without_a_past_the_processes_that_ended_tell(clock: Clock) -> None:
    state = state_of(clock)
    assert state.seconds_left() is None
    state.take(ends("CHK-001", seconds=8))
    assert state.seconds_left() == 16
    state.take(ends("CHK-002", seconds=4, status="failed"))
    assert state.seconds_left() == 6
    state.take(ends("CHK-003"))
    assert state.seconds_left() == 0
    assert state.failing == ["CHK-002"]


def test_a_process_that_takes_longer_than_ever_leaves_no_negative_time(clock: Clock) -> None:
    state = state_of(clock, expected={"CHK-001": 1, "CHK-002": 1, "CHK-003": 1})
    state.take(begins("CHK-001"))
    clock.now += 500
    assert state.seconds_left() == 2


def test_terminal_tells_done_failing_and_time_left() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=160, legacy_windows=False, highlight=False)
    expected = {"CHK-001": 10.0, "CHK-002": 20.0, "CHK-003": 90.0}
    with RunProgress(console, "staging", "full", 3, expected=expected) as progress:
        for record in (
            STARTED,
            begins("CHK-001"),
            ends("CHK-001", "failed", message="[red]no[/red]"),
            begins("CHK-002"),
        ):
            progress.take(record)
    text = screen.getvalue()
    assert "3 processes, about 2 min" in text
    assert "1 failing" in text
    assert "about 1 min 50 s left" in text
    assert "[red]no[/red]" in text


@pytest.fixture
def live(clock: Clock) -> Iterator[tuple[RunState, LivePage]]:
    state = state_of(clock)
    with LivePage(state, 0) as page:
        yield state, page


def test_events_tell_each_change_and_the_end(clock: Clock) -> None:
    state = state_of(clock)
    with LivePage(state, 0) as page:
        port = int(page.url.rstrip("/").rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/events")
        answer = connection.getresponse()
        assert answer.getheader("Content-Type", "").startswith("text/event-stream")
        assert _event(answer)["done"] == 0
        state.take(ends("CHK-001", "failed"))
        page.tell()
        told = _event(answer)
        assert (told["done"], told["failing"], told["ended"]) == (1, 1, False)
    while not told["ended"]:
        told = _event(answer)
    connection.close()


def _event(answer: http.client.HTTPResponse) -> dict[str, Any]:
    while True:
        line = answer.readline()
        assert line, "the stream ended without its last event"
        if line.startswith(b"data: "):
            found: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
            return found


def test_only_this_machine_and_no_other_name_is_answered(live: tuple[RunState, LivePage]) -> None:
    _, page = live
    port = int(page.url.rstrip("/").rpartition(":")[2])
    for host, status in (("evil.example.test", 400), (f"localhost:{port}", 200)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/state", headers={"Host": host})
        assert connection.getresponse().status == status
        connection.close()


def test_a_port_that_is_taken_is_told(clock: Clock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"port {port}"):
            LivePage(state_of(clock), port)


@pytest.mark.browser
def test_page_follows_the_run_and_reads_nothing_as_html(browser: Browser, live: tuple[RunState, LivePage]) -> None:
    state, live_page = live
    state.take(begins("CHK-002"))
    page = browser.new_page(locale="de-DE", viewport={"width": 390, "height": 800}, bypass_csp=True)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(live_page.url)
    expect(page.locator("h1")).to_contain_text("Laufende Prüfung")
    expect(page.locator("#running")).to_contain_text("CHK-002 <b>A customer</b> orders")
    state.take(ends("CHK-002", "failed", message="<img src=x onerror=alert(1)>"))
    live_page.tell()
    expect(page.locator("#done")).to_have_text("1 / 3")
    expect(page.locator("#finished")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#finished img, #finished b").count() == 0
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    assert faults == []
    page.close()
