"""The recorded purchase, request by request: status, redirect, headers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.refshop.conformance.harness import RECORDED_URLS, RunningShop
from tests.refshop.storefront.conftest import VERSIONS
from tests.refshop.storefront.visitor import PASSWORD, Visitor, new_email, recordings_or_skip

pytestmark = pytest.mark.recordings

_ID = re.compile(r"[0-9a-f]{32}")


def recorded_flow(version: str) -> list[dict[str, Any]]:
    file = recordings_or_skip() / version / "storefront" / "flow.json"
    flow: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return flow


class Replay:
    """Sends the recorded requests; what the shop makes itself (order id, hash) takes the place of the recorded."""

    def __init__(self, url: str, recorded_url: str) -> None:
        self.visitor = Visitor(url)
        self.recorded_url = recorded_url
        self.email = new_email()
        self.order_id = ""
        self.recorded_order_id = ""
        self.hash = ""

    def send(self, step: dict[str, Any]) -> dict[str, Any]:
        path = step["path"].replace(self.recorded_order_id or "\0", self.order_id)
        if step["method"] == "GET":
            response = self.visitor.get(path)
        elif step["fields"] and step["fields"][0][0].startswith("{"):
            response = self.visitor.session.post(f"{self.visitor.url}{path}", data=step["fields"][0][0], timeout=30)
        else:
            response = self.visitor.post(path, [(name, self._value(name, value)) for name, value in step["fields"]])
        found = re.search(r'name="hash"[^>]*value="([0-9a-f]{64})"', response.text)
        self.hash = found.group(1) if found else self.hash
        location = response.headers.get("location")
        if step["step"] == "place-order" and location and "orderId=" in location:
            self.order_id = location.partition("orderId=")[2]
            self.recorded_order_id = step["redirect"].partition("orderId=")[2]
        return {
            "status": response.status_code,
            "redirect": self._comparable(location, self.visitor.url),
            "content_type": (response.headers.get("content-type") or "").lower(),
            "cache_control": response.headers.get("cache-control"),
            "cacheable": "age" in response.headers,
        }

    def expected(self, step: dict[str, Any]) -> dict[str, Any]:
        return {
            "status": step["status"],
            "redirect": self._comparable(step["redirect"], self.recorded_url),
            "content_type": (step["content_type"] or "").lower(),
            "cache_control": step["cache_control"],
            "cacheable": step["age"] is not None,
        }

    def _value(self, name: str, value: str) -> str:
        if name == "email":
            return self.email
        if name == "hash":
            return self.hash
        return PASSWORD if value == "<masked>" else value

    @staticmethod
    def _comparable(location: str | None, base: str) -> str | None:
        return None if location is None else re.sub(_ID, "<id>", location.replace(base, "<shop>"))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_recorded_purchase_can_be_repeated(recorded_shop: Callable[[str], RunningShop], version: str) -> None:
    replay = Replay(recorded_shop(version).url, RECORDED_URLS[version])
    flow = recorded_flow(version)
    different = []
    for index, step in enumerate(flow):
        found, expected = replay.send(step), replay.expected(step)
        if found != expected:
            name = f"{index} {step['step']} {step['method']} {urlsplit(step['path']).path}"
            different.append({"request": name, "expected": expected, "found": found})
    assert different == []
    assert len(flow) >= 75
