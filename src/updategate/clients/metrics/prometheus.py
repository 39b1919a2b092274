"""A Prometheus server: one number for each query of the monitoring file."""

from __future__ import annotations

import math

import requests

from updategate.clients.metrics import FiguresError
from updategate.config.monitoring import Prometheus


class PrometheusServer:
    """Asks instant queries. A query that gives nothing, or more than one series, is a mistake of the file."""

    def __init__(self, settings: Prometheus, timeout: float = 10.0) -> None:
        self._settings = settings
        self._timeout = timeout
        self._session = requests.Session()
        self._session.trust_env = False

    def read(self) -> dict[str, float]:
        """The value of each query by its name."""
        return {query.name: self._ask(query.name, query.query) for query in self._settings.queries}

    @property
    def counters(self) -> frozenset[str]:
        """Names of the queries whose growth counts."""
        return frozenset(query.name for query in self._settings.queries if query.kind == "counter")

    def _ask(self, name: str, query: str) -> float:
        url = f"{self._settings.url}/api/v1/query"
        try:
            answer = self._session.get(url, params={"query": query}, timeout=self._timeout)
            body = answer.json()
        except (requests.RequestException, ValueError) as error:
            message = f"Prometheus {self._settings.url} cannot be asked: {error}"
            raise FiguresError(message) from None
        if body.get("status") != "success":
            message = f"query {name}: Prometheus refuses '{query}': {body.get('error', answer.status_code)}"
            raise FiguresError(message)
        data = body["data"]
        values = [data["result"]] if data["resultType"] == "scalar" else [one["value"] for one in data["result"]]
        if len(values) != 1:
            message = f"query {name}: '{query}' gives {len(values)} series; write it so that it gives one (sum(…))"
            raise FiguresError(message)
        value = float(values[0][1])
        if math.isnan(value):
            message = f"query {name}: '{query}' gives no number"
            raise FiguresError(message)
        return value
