"""Counters in Prometheus's text format, read straight from the shop."""

from __future__ import annotations

import math

import requests
from prometheus_client.parser import text_string_to_metric_families

from updategate.clients.metrics import FiguresError


class TextMetrics:
    """An address that answers with counters and gauges."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self.url = url
        self._timeout = timeout
        self._session = requests.Session()
        self._session.trust_env = False

    def read(self) -> dict[str, float]:
        """All samples by name; with labels as ``name{label="value"}``, labels in order."""
        try:
            answer = self._session.get(self.url, timeout=self._timeout)
            answer.raise_for_status()
            families = list(text_string_to_metric_families(answer.text))
        except (requests.RequestException, ValueError) as error:
            message = f"{self.url}: no counters to read ({error})"
            raise FiguresError(message) from None
        found = {}
        for family in families:
            for sample in family.samples:
                labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
                if not math.isnan(sample.value):
                    found[f"{sample.name}{{{labels}}}" if labels else sample.name] = float(sample.value)
        return found
