"""A reference shop with its mail sink, for one mutant or for none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from updategate.operations.mutants.children import Child, Children, end

SHOP = "updategate.embedded.refshop"
MAIL_SINK = "updategate.embedded.mail_sink"
# the variables of ci/environments/reference.yaml, by the keys of the shop's announcement
VARIABLES = {
    "url": "UPDATEGATE_SHOP_URL",
    "access_key": "UPDATEGATE_SHOP_ACCESS_KEY",
    "client_id": "UPDATEGATE_SHOP_CLIENT_ID",
    "client_secret": "UPDATEGATE_SHOP_CLIENT_SECRET",
    "mail_url": "UPDATEGATE_SHOP_MAIL_URL",
    "admin_username": "UPDATEGATE_SHOP_ADMIN_USERNAME",
    "admin_password": "UPDATEGATE_SHOP_ADMIN_PASSWORD",
}


class ShopNotStartedError(RuntimeError):
    """A reference shop did not start; the message holds its last words."""


class ReferenceShop:
    """Runs from ``with`` to its end, and not longer than this process. ``variables`` is what its environment needs."""

    def __init__(self, children: Children, data: Path, version: str, options: tuple[str, ...] = ()) -> None:
        self._children = children
        self._arguments = ["--data", str(data), "--shopware-version", version, *options]
        self._log = data.with_suffix(".log")
        self._mine: list[Child] = []
        self.variables: dict[str, str] = {}

    def __enter__(self) -> Self:
        try:
            mail = self._start(MAIL_SINK)
            shop = self._start(SHOP, "--mailer", mail["smtp"], *self._arguments)
        except BaseException:
            self._stop()
            raise
        facts = {**shop, "mail_url": mail["url"]}
        self.variables = {variable: str(facts[key]) for key, variable in VARIABLES.items()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        for child in reversed(self._mine):
            end(child)
            if child.stdout is not None:
                child.stdout.close()
        self._mine.clear()

    def _start(self, module: str, *arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-m", module, "--json", "--with-parent", *arguments]
        with self._log.open("a", encoding="utf-8") as log:
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)  # noqa: S603 - our own
        self._mine.append(child)
        self._children.add(child)
        line = child.stdout.readline() if child.stdout else ""
        if not line:
            told = self._log.read_text(encoding="utf-8").strip().splitlines()[-3:]
            raise ShopNotStartedError(f"{module} did not start: {' '.join(told) or 'it said nothing'}")
        facts: dict[str, Any] = json.loads(line)
        return facts
