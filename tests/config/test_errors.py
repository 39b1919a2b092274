"""Every mistake in a file: one clear message, held to a golden file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from updategate.config.environment import Environment, environment_path, load_environment
from updategate.config.errors import ConfigError
from updategate.config.loading import load
from updategate.config.policy import load_policy, policy_path
from updategate.config.registry import load_registry

GOLDEN = Path(__file__).parent / "golden"

ENVIRONMENT = """\
name: staging
url: https://staging.example.test
sales_channel: {access_key: "${SHOP_ACCESS_KEY}"}
"""
POLICY = """\
policy: strict
scopes:
  full: {all: true}
"""
PROCESS = "- {id: CHK-001, title: A guest orders, owner: checkout, critical: true, areas: [cart]}"


CASES: dict[str, tuple[Callable[[Path], object], str]] = {
    "environment_unknown_key": (load_environment, ENVIRONMENT + "permit: {orders: true}\n"),
    "environment_unknown_nested_key": (load_environment, ENVIRONMENT + "permits: {order: true}\n"),
    "environment_missing_secret": (load_environment, ENVIRONMENT.replace("SHOP_ACCESS_KEY", "NOT_SET_ANYWHERE")),
    "environment_written_secret": (load_environment, ENVIRONMENT + "admin: {client_id: a, client_secret: abc}\n"),
    "environment_half_credentials": (load_environment, ENVIRONMENT + "admin: {client_id: a}\n"),
    "environment_no_url": (load_environment, ENVIRONMENT.replace("https://", "")),
    "environment_missing_key": (load_environment, "name: staging\nurl: https://a.test\n"),
    "environment_orders_without_sinks": (load_environment, ENVIRONMENT + "permits: {orders: true}\n"),
    "environment_wrong_type": (load_environment, ENVIRONMENT + "permits: {orders: maybe}\n"),
    "environment_empty": (load_environment, ""),
    "environment_list": (load_environment, "- a\n"),
    "environment_not_yaml": (load_environment, "name: [unclosed\n"),
    "environment_key_twice": (load_environment, ENVIRONMENT + "name: other\n"),
    "environment_missing_file": (lambda path: load_environment(path.with_name("nowhere.yaml")), ENVIRONMENT),
    "policy_unknown_key": (load_policy, POLICY + "proceses: {}\n"),
    "policy_unknown_key_in_list": (
        load_policy,
        POLICY + "waivers: [{process: CHK-001, reason: SHOP-1234, expirs: 2026-12-01}]\n",
    ),
    "policy_empty": (load_policy, "# nothing decided yet\n"),
    "policy_no_scopes": (load_policy, "policy: strict\nscopes: {}\n"),
    "policy_pass_for_missing_evidence": (load_policy, POLICY + "missing_evidence: pass\n"),
    "policy_scope_selects_nothing": (load_policy, "policy: strict\nscopes: {full: {}}\n"),
    "registry_bad_id": (load_registry, f"processes:\n  {PROCESS.replace('CHK-001', 'checkout1')}\n"),
    "registry_id_twice": (load_registry, f"processes:\n  {PROCESS}\n  {PROCESS}\n"),
    "registry_bad_versions": (load_registry, f"processes:\n  {PROCESS.replace('areas', 'versions: newest, areas')}\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_mistake_is_told_as_in_the_golden_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, text = CASES[name]
    monkeypatch.setenv("SHOP_ACCESS_KEY", "SWSC-a-key-for-tests")
    monkeypatch.delenv("NOT_SET_ANYWHERE", raising=False)
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        reader(path)
    told = str(caught.value).replace(str(tmp_path), "…") + "\n"
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)


def test_unknown_environment_and_policy_offer_the_nearest(tmp_path: Path) -> None:
    folder = tmp_path / "ci" / "environments"
    folder.mkdir(parents=True)
    (folder / "staging.yaml").write_text("name: staging\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"Did you mean 'staging'\?"):
        environment_path("stagin", tmp_path)
    with pytest.raises(ConfigError, match="There is no policy to choose from"):
        policy_path("strict", tmp_path)


def test_secrets_do_not_show(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(ENVIRONMENT, encoding="utf-8")
    read = load(path, Environment, "environment file", variables={"SHOP_ACCESS_KEY": "SWSC-very-secret"})
    assert "SWSC-very-secret" not in repr(read)
    assert read.sales_channel.access_key.get_secret_value() == "SWSC-very-secret"


def test_everything_is_forbidden_unless_written(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(ENVIRONMENT, encoding="utf-8")
    read = load(path, Environment, "environment file", variables={"SHOP_ACCESS_KEY": "k"})
    assert read.permits.allowed() == frozenset()
