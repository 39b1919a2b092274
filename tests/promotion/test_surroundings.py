"""What a fingerprint is made of: the same for the same build, another for anything that matters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.promotion.conftest import AFTER, THEME_OF_THE_SHOPS, Shop
from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.config.loading import build
from updategate.evidence.fingerprint import build_id, environment_id
from updategate.evidence.records import EnvironmentFacts, Plugin, Provenance, RunStarted
from updategate.operations.fingerprint import SourceUnreadableError, lock_hash, migrations_digest, read_build
from updategate.operations.surroundings import environment_facts, flat


def environment_of(shop: Shop, **more: Any) -> Environment:
    return build(
        {
            "name": "test",
            "url": shop.url,
            "sales_channel": {"access_key": "SWSC-key-of-the-tests"},
            "admin": {"client_id": "id", "client_secret": "secret-of-the-tests"},
            **more,
        },
        Environment,
        "environment",
    )


def test_a_build_is_read_whole(new_shop: Callable[..., Shop], tmp_path: Path) -> None:
    lock = tmp_path / "composer.lock"
    lock.write_text(json.dumps({"packages": [{"name": "shopware/core", "version": "v6.6.7.1"}]}), encoding="utf-8")
    sources = {"composer_lock": str(lock), "migrations_command": "printf 'B\\nA\\n\\nB\\n'"}
    found = read_build(environment_of(new_shop(), fingerprint=sources))
    assert found is not None
    assert (found.core, found.flags) == ("6.6.6.1", ("V6_6_0_0",))
    assert found.plugins == (Plugin(name="AcmeB2bPrices", version="1.0.0", active=True),)
    assert found.lock_hash == lock_hash(lock.read_text(encoding="utf-8"), "x")
    assert found.migrations == migrations_digest("A\nB")
    assert found.migrations.startswith("2 carried out, sha256 ")


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ({"composer_lock": "/nowhere/composer.lock"}, "/nowhere/composer.lock cannot be read"),
        ({"composer_lock_command": "echo hello"}, "is no composer.lock"),
        ({"migrations_command": "echo 'access denied for secret-of-the-tests' >&2; exit 3"}, "denied for \\*\\*\\*"),
        ({"migrations_command": "true"}, "printed nothing"),
        ({"migrations_command": "sleep 20", "timeout": 0.1}, "was ended after 0.1 s"),
    ],
)
def test_a_named_source_that_does_not_answer_is_no_build(
    sources: dict[str, Any], told: str, new_shop: Callable[..., Shop]
) -> None:
    with pytest.raises(SourceUnreadableError, match=told):
        read_build(environment_of(new_shop(), fingerprint=sources))


def test_only_what_goes_live_is_part_of_the_lock() -> None:
    packages = [{"name": "b/b", "version": "1", "source": {"reference": "c1"}}, {"name": "a/a", "version": "2"}]
    one = json.dumps({"packages": packages, "packages-dev": [{"name": "x", "version": "1"}], "content-hash": "1"})
    same = json.dumps({"content-hash": "2", "packages": packages[::-1]}, indent=4)
    other = json.dumps({"packages": [{**packages[0], "source": {"reference": "c2"}}, packages[1]]})
    assert lock_hash(one, "x") == lock_hash(same, "x") != lock_hash(other, "x")


@pytest.mark.parametrize(
    "change",
    [
        {"core": "6.6.7.2"},
        {"plugins": (Plugin(name="AcmeB2bPrices", version="1.1.1", active=True),)},
        {"plugins": (Plugin(name="AcmeB2bPrices", version="1.1.0", active=False),)},
        {"plugins": (Plugin(name="AcmeB2bPrices", version="1.1.0", active=True, pending="1.2.0"),)},
        {"plugins": ()},
        {"lock_hash": "a"},
        {"migrations": "m"},
        {"flags": ()},
    ],
)
def test_anything_of_the_build_that_changes_changes_its_id(change: dict[str, Any]) -> None:
    assert build_id(AFTER.model_copy(update=change)) != build_id(AFTER)
    assert build_id(AFTER.model_copy()) == build_id(AFTER)


def test_the_environment_is_its_theme_and_settings_and_not_its_counts(new_shop: Callable[..., Shop]) -> None:
    one, other = new_shop(counts={"product": 5}), new_shop(counts={"product": 7})
    facts = [environment_facts(environment_of(shop), ["core.cart"]) for shop in (one, other)]
    assert facts[0].theme == facts[1].theme == THEME_OF_THE_SHOPS
    assert facts[0].settings == {"core.cart.maxQuantity": "100"}
    assert (facts[0].counts["product"], facts[1].counts["product"]) == (5, 7)
    assert environment_id(facts[0]) == environment_id(facts[1])
    other.css = "body{color:blue}"
    assert environment_facts(environment_of(other), ["core.cart"]).theme != THEME_OF_THE_SHOPS


def test_the_same_theme_on_another_address_is_the_same(new_shop: Callable[..., Shop]) -> None:
    one, other = new_shop(), new_shop()
    for shop in (one, other):
        shop.css = f"a{{background:url({shop.url}/theme/{shop.url[-4:] * 8}/x.png)}}"
    themes = {environment_facts(environment_of(shop), []).theme for shop in (one, other)}
    assert len(themes) == 1
    assert None not in themes


def test_secrets_among_settings_are_told_only_as_set() -> None:
    told = dict(
        flat(
            {
                "core.mailerSettings.password": "hunter2hunter2",
                "SwagPayPal.settings.clientSecret": "",
                "core.captcha": {"v3": {"config": {"secretKey": "abcdef", "siteKey": "public"}}},
                "core.loginRegistration.passwordMinLength": "8",
                "core.cart.wishlistEnabled": False,
                "core.list": ["a", "b"],
                "core.none": None,
            }
        )
    )
    assert told == {
        "core.mailerSettings.password": "set",
        "SwagPayPal.settings.clientSecret": "",
        "core.captcha.v3.config.secretKey": "set",
        "core.captcha.v3.config.siteKey": "public",
        "core.loginRegistration.passwordMinLength": "8",
        "core.cart.wishlistEnabled": "false",
        "core.list": "['a', 'b']",
        "core.none": "",
    }


def test_evidence_of_the_first_format_kept_counts_alone() -> None:
    source = Provenance(environment="t", stage="test", url="", machine="m", tool_version="0", python="3")
    old = RunStarted(kind="processes", scope="full", environment={"product": 12, "rule": None}, provenance=source)
    assert old.facts == EnvironmentFacts(counts={"product": 12, "rule": None})
    compat = RunStarted(kind="compat", scope="compat", environment={"from": "6.5"}, provenance=source)
    assert compat.facts is None


def test_an_environment_names_one_source_of_the_lock(new_shop: Callable[..., Shop]) -> None:
    with pytest.raises(ConfigError, match="Give either composer_lock or composer_lock_command"):
        environment_of(new_shop(), fingerprint={"composer_lock": "a", "composer_lock_command": "b"})
