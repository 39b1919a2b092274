"""Runs flows one after the other, and knows whether there is anything left to do."""

from __future__ import annotations

import queue
import threading
import traceback
from typing import Any

from .exchange import Exchange
from .flows import FLOWS
from .problems import ErpFaultError, Problem, ShopRefusedError, ShopSilentError


class Jobs:
    """A queue with one worker."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._queue: queue.Queue[tuple[int, list[str]] | None] = queue.Queue()
        self._lock = threading.Lock()
        self._jobs: dict[int, dict[str, Any]] = {}
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def add(self, flows: list[str]) -> int:
        """Queue a job; returns its number."""
        with self._lock:
            number = len(self._jobs) + 1
            self._jobs[number] = {"job": number, "flows": flows, "state": "waiting", "problems": []}
        self._queue.put((number, flows))
        return number

    def job(self, number: int) -> dict[str, Any] | None:
        """Return what is known of a job."""
        with self._lock:
            found = self._jobs.get(number)
            return dict(found) if found else None

    def status(self) -> dict[str, Any]:
        """Return whether the connector is idle, how many jobs have ended, and the problems of the last one."""
        with self._lock:
            waiting = [entry["job"] for entry in self._jobs.values() if entry["state"] in ("waiting", "running")]
            last = self._jobs[max(self._jobs)] if self._jobs else {"problems": []}
            idle = self._exchange.behaviour.is_idle(nothing_to_do=not waiting)
            ended = len(self._jobs) - len(waiting)
            return {"idle": idle, "waiting": waiting, "ended": ended, "problems": last["problems"]}

    def close(self) -> None:
        """Stop after the running job."""
        self._queue.put(None)

    def _work(self) -> None:
        while (entry := self._queue.get()) is not None:
            number, flows = entry
            with self._lock:
                self._jobs[number]["state"] = "running"
            problems = [problem.to_json() for flow in flows for problem in self._run(flow)]
            with self._lock:
                self._jobs[number].update(state="done", problems=problems)

    def _run(self, flow: str) -> list[Problem]:
        try:
            return FLOWS[flow](self._exchange)
        except ErpFaultError as fault:
            return [Problem(flow, "", "ERP", str(fault))]
        except ShopSilentError as fault:
            return [Problem(flow, "", "SILENT", str(fault))]
        except ShopRefusedError as fault:
            return [Problem(flow, "", fault.code, str(fault))]
        except Exception as fault:  # noqa: BLE001 - a connector must not die of one flow
            traceback.print_exc()
            return [Problem(flow, "", type(fault).__name__, str(fault))]
