"""Which selector counts for which version, and what a theme may change."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from updategate.clients.storefront import Selectors, UnknownElementError
from updategate.clients.storefront import selectors as module

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("version", "css"),
    [
        ("6.4.20.2", "#confirmFormSubmit"),
        ("6.5.8.14", "#confirmFormSubmit"),
        ("6.6.10.3", "#confirmFormSubmit"),
        ("6.7.0.0-rc1", "#confirmFormSubmit"),
        ("6.7.1.0", "#confirmFormSubmit, #confirmOrderForm button[type=submit], button[form=confirmOrderForm]"),
        ("6.9.0.0", "#confirmFormSubmit, #confirmOrderForm button[type=submit], button[form=confirmOrderForm]"),
        (
            "6.7.9999999.9999999-dev",
            "#confirmFormSubmit, #confirmOrderForm button[type=submit], button[form=confirmOrderForm]",
        ),
    ],
)
def test_the_newest_entry_not_above_the_version_counts(version: str, css: str) -> None:
    assert Selectors(version).css("confirm", "submit") == css


@pytest.mark.parametrize(("version", "verified"), [("6.5.8.14", True), ("6.6.7.1", True), ("6.7.0.0", False)])
def test_versions_that_nobody_has_run_are_known_as_such(version: str, verified: bool) -> None:
    assert Selectors(version).verified is verified


def test_a_shop_that_nobody_may_ask_is_taken_for_the_newest_verified_one() -> None:
    unknown, newest = Selectors(""), Selectors(str(module.NEWEST_VERIFIED))
    assert unknown.version == module.NEWEST_VERIFIED
    for page in Selectors.pages():
        assert unknown.required(page) == newest.required(page)


def test_a_theme_replaces_single_selectors() -> None:
    selectors = Selectors("6.6.7.1", {"confirm": {"submit": ".my-order-button"}})
    assert selectors.css("confirm", "submit") == ".my-order-button"
    assert selectors.required("confirm")["submit"] == ".my-order-button"
    assert selectors.css("confirm", "tos") == "#tos"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"confrim": {"submit": "x"}}, "there is no page 'confrim'; did you mean 'confirm'?"),
        ({"confirm": {"submitt": "x"}}, "there is no element of the page 'confirm' 'submitt'; did you mean 'submit'?"),
    ],
)
def test_a_typo_in_an_override_names_the_nearest(overrides: dict[str, dict[str, str]], message: str) -> None:
    with pytest.raises(UnknownElementError) as error:
        Selectors("6.6.7.1", overrides)
    assert str(error.value) == message


def test_every_required_element_stands_in_the_table() -> None:
    selectors = Selectors("6.6.7.1")
    pages = selectors.pages()
    assert {"home", "listing", "detail", "cart", "checkout_register", "confirm", "finish", "account_login"} <= set(
        pages
    )
    for page in pages:
        assert selectors.required(page), page


def test_entries_from_67_on_only_widen_what_was_seen() -> None:
    """What is not run against a live shop must not lose what was: the older selector stays part of the newer."""
    table = yaml.safe_load(Path(module.__file__).with_name("selectors.yaml").read_text(encoding="utf-8"))
    for page, content in table.items():
        for name, entry in content["elements"].items():
            if isinstance(entry, dict) and "6.7" in entry:
                older = entry[max(key for key in entry if key != "6.7")]
                assert older.strip("#.") in entry["6.7"], (page, name)


@pytest.mark.recordings
@pytest.mark.parametrize("version", ["6.5.8.14", "6.6.6.1", "6.6.7.1"])
def test_required_selectors_that_were_counted_exist_in_the_recorded_version(version: str) -> None:
    folder = Path(os.environ.get("UPDATEGATE_RECORDINGS") or ROOT.parent / "shared" / "recordings")
    if not (folder / "selectors.json").is_file():
        reason = f"no recordings of a real Shopware in {folder}; name their folder in UPDATEGATE_RECORDINGS"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    counted = json.loads((folder / "selectors.json").read_text(encoding="utf-8"))["pages"]
    names = {"checkout_register": "checkout-register", "account_login": "login", "account_overview": "account",
             "account_orders": "order-history", "offcanvas": "offcanvas-cart"}  # fmt: skip
    selectors, checked = Selectors(version), 0
    for page in selectors.pages():
        counts = counted.get(names.get(page, page), {})
        for name, css in selectors.required(page).items():
            if css in counts:
                assert counts[css][version] > 0, (page, name, css)
                checked += 1
    assert checked >= 12
