"""Every documented example works: YAML is read as the file it stands for, commands exist with their options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from updategate.cli import app
from updategate.clients.erp.mapping import ErpMapping
from updategate.config.environment import Environment, load_environment
from updategate.config.loading import build, substituted
from updategate.config.policy import Policy, load_policy
from updategate.config.price_list import PriceList
from updategate.config.registry import load_registry
from updategate.config.stages import Stages, load_stages
from updategate.config.update_plan import load_plan
from updategate.operations.contract import Reads

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")])
ENVIRONMENT: dict[str, Any] = {
    "name": "staging",
    "url": "https://staging.example.test",
    "sales_channel": {"access_key": "k"},
}
POLICY: dict[str, Any] = {"policy": "test", "scopes": {"full": {"all": True}}}


class _Anything(dict[str, str]):
    def get(self, key: str, default: object = None) -> str:  # type: ignore[override]
        return "https://set.example.test" if key.endswith("URL") else f"value-of-{key}"


def _yaml_blocks() -> list[Any]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for number, block in enumerate(re.findall(r"^( *)```yaml\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)):
            lines = [line.removeprefix(block[0]) for line in block[1].splitlines()]
            found.append(pytest.param("\n".join(lines), id=f"{page.relative_to(ROOT)}-{number}"))
    return found


def _commands() -> list[Any]:
    found = []
    for page in PAGES:
        for line in re.findall(r"^\s+(?:\.venv/bin/)?(updategate .*)$", page.read_text(encoding="utf-8"), re.MULTILINE):
            found.append(pytest.param(line, id=f"{page.relative_to(ROOT)}: {line[:60]}"))
    return found


@pytest.mark.parametrize("text", _yaml_blocks())
def test_documented_yaml_is_valid(text: str) -> None:
    data = substituted(yaml.safe_load(text), "example", _Anything())
    if set(data) <= set(Policy.model_fields) | {"pass"}:
        build({**POLICY, **data}, Policy, "example")
    elif "tables" in data:
        build(data, ErpMapping, "example")
    elif "price_list" in data:
        build(data, PriceList, "example")
    elif "stages" in data:
        build(data, Stages, "example")
    elif set(data) == {"endpoints"}:
        build(data, Reads, "example")
    elif set(data) <= set(Environment.model_fields):
        build({**ENVIRONMENT, **data}, Environment, "example")
    else:
        pytest.fail(f"nobody checks an example with the keys {sorted(data)}: add its reader to this test")


@pytest.mark.parametrize("line", _commands())
def test_documented_command_exists_with_its_options(line: str) -> None:
    words = shlex.split(line.split(" # ")[0].rstrip(" &").replace("…", "x"))[1:]
    verb = app.get_command(click.Context(app), words[0])
    assert verb is not None, f"there is no verb {words[0]}"
    while isinstance(verb, click.Group):
        words = words[1:]
        verb = verb.commands[words[0]]
    if verb.name == "serve":
        return
    # parsing only: what the options mean is tested elsewhere
    verb.make_context(words[0], words[1:], resilient_parsing=False)


def test_shipped_files_are_valid() -> None:
    load_stages(ROOT / "ci" / "stages.yaml")
    registry = load_registry(ROOT / "suites" / "processes.yaml")
    for path in (ROOT / "ci" / "policies").glob("*.yaml"):
        policy = load_policy(path)
        for scope in policy.scopes:
            assert policy.select(scope, registry.processes, str(path))


@pytest.mark.parametrize("path", sorted((ROOT / "ci" / "environments").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_environments_are_valid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in re.findall(r"\$\{(\w+)\}", path.read_text(encoding="utf-8")):
        monkeypatch.setenv(name, str(_Anything().get(name)))
    load_environment(path)


@pytest.mark.parametrize("path", sorted((ROOT / "ci" / "updates").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_update_plans_are_valid(path: Path) -> None:
    load_plan(path)


# of those that `bin/console list` prints on 6.5.8.14, 6.6.6.1 and 6.6.7.1 alike, what plans and pages need
CONSOLE = {
    "cache:clear",
    "dal:refresh:index",
    "plugin:refresh",
    "plugin:update",
    "plugin:update:all",
    "sales-channel:maintenance:disable",
    "sales-channel:maintenance:enable",
    "system:update:finish",
    "system:update:prepare",
    "theme:compile",
}


def test_shopware_has_every_console_command_that_is_shown() -> None:
    shown = set()
    for path in [*PAGES, *(ROOT / "ci").glob("**/*.y*ml")]:
        shown |= set(re.findall(r"bin/console ([a-z:-]+)", path.read_text(encoding="utf-8")))
    own = {name for name in shown if name.startswith("acme:")}
    assert shown - own == CONSOLE


def test_every_registered_process_has_a_test() -> None:
    registered = {process.id for process in load_registry(ROOT / "suites" / "processes.yaml").processes}
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "suites").glob("**/test_*.py"))
    assert set(re.findall(r'mark\.process\("([^"]+)"\)', text)) == registered
