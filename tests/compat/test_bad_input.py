# ruff: noqa: E501 - rows of code examples read better on one line
"""Bad input of plugins and projects: a finding or a clear error, never a crash, never silence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.compat.bench import COMPOSER, PHP, Bench, found, write
from updategate.compat.model import CompatError, Level
from updategate.compat.php_references import read_php
from updategate.compat.plugin_files import list_files
from updategate.compat.plugins import discover
from updategate.compat.scripts import read_script, read_style
from updategate.compat.twig_blocks import normalise, read_template
from updategate.compat.vue_templates import read_vue_tags


@pytest.mark.parametrize(
    ("file", "content", "symbol", "words"),
    [
        ("src/A.php", b"<?php class A { function f( { $x = ; }", "part of the file", "could not be parsed"),
        ("src/A.php", b"<?php \0\0\0", "whole file", "binary"),
        ("src/Resources/config/services.xml", b"<container><services>", "whole file", "not well-formed"),
        ("src/Resources/config/services.yaml", b"services: [", "whole file", "not well-formed"),
        ("src/Resources/views/storefront/a.html.twig", b"{% block a %}", "part of the file", "never closed"),
        ("src/Resources/snippet/a.en-GB.json", b"{", "whole file", "no JSON"),
    ],
)
def test_unreadable_file_is_a_finding(bench: Bench, file: str, content: bytes, symbol: str, words: str) -> None:
    report = bench.core({}, {}).plugin({file: content}).run()
    (finding,) = found(report, "file-unreadable")
    assert (finding.file, finding.symbol, finding.level) == (file, symbol, Level.REVIEW)
    assert words in finding.message
    assert report.exit_code == (3 if symbol == "whole file" else 0)


def test_file_of_20_mb(bench: Bench) -> None:
    bench.core({}, {}).plugin({"src/Huge.php": b"<?php //" + b"x" * 20_000_000})
    report = bench.run()
    (finding,) = found(report, "file-unreadable")
    assert "19 MiB" in finding.message
    assert report.exit_code == 3


def test_deeply_nested_php(bench: Bench) -> None:
    source = "$x = " + "[" * 3000 + "]" * 3000 + ";" + "$y = " + " . ".join(["'a'"] * 5000) + ";"
    report = bench.core({}, {}).plugin({"src/Deep.php": PHP + source}).run()
    assert report.exit_code in {0, 3}


def test_link_loops(bench: Bench) -> None:
    bench.core({}, {}).plugin({"src/A.php": PHP})
    plugin = bench.project / "custom/plugins/AcmeExample"
    (plugin / "src/loop").symlink_to(plugin)
    (plugin / "src/self").symlink_to("self")
    (plugin / "src/nowhere.php").symlink_to("/does/not/exist.php")
    report = bench.run()
    assert len(report.plugins) == 1
    assert any("symbolic link" in item.reason for item in report.skipped)


def test_plugin_that_is_a_link(bench: Bench, tmp_path: Path) -> None:
    bench.core({}, {})
    write(tmp_path / "elsewhere", {"composer.json": json.dumps(COMPOSER), "src/A.php": PHP})
    (bench.project / "custom/plugins").mkdir(parents=True)
    (bench.project / "custom/plugins/AcmeExample").symlink_to(tmp_path / "elsewhere")
    (bench.project / "custom/plugins/Twice").symlink_to(tmp_path / "elsewhere")
    assert [plugin.name for plugin in bench.run().plugins] == ["AcmeExample"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission(bench: Bench) -> None:
    bench.core({}, {}).plugin({"src/A.php": PHP})
    (bench.project / "custom/plugins/AcmeExample/src/A.php").chmod(0)
    assert "cannot be read" in found(bench.run(), "file-unreadable")[0].message


def test_damaged_manifest_is_a_finding(bench: Bench) -> None:
    bench.core({}, {})
    write(bench.project / "custom/plugins/Broken", {"composer.json": "{", "src/A.php": PHP})
    report = bench.run()
    assert "constraints are not judged" in found(report, "file-unreadable")[0].message
    assert report.exit_code == 3
    assert any(item.what.startswith("composer-constraint") for item in report.skipped)


def test_project_without_plugins_is_inconclusive(bench: Bench) -> None:
    bench.core({}, {})
    bench.project.mkdir()
    report = bench.run()
    assert report.exit_code == 3
    assert "No plugin found" in report.incomplete[0]


def test_project_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(CompatError, match="does not exist"):
        discover(tmp_path / "nowhere")


def test_where_plugins_are_looked_for(tmp_path: Path) -> None:
    def composer(name: str, **more: object) -> dict[str, str | bytes]:
        return {
            "composer.json": json.dumps({**COMPOSER, "extra": {"shopware-plugin-class": f"A\\{name}"}, **more}),
            "src/A.php": PHP,
        }

    write(tmp_path / "custom/plugins/One", composer("One"))
    write(tmp_path / "custom/static-plugins/Two", composer("Two"))
    write(tmp_path / "vendor/acme/three", composer("Three"))
    write(tmp_path / "vendor/acme/library", {"composer.json": '{"type": "library"}'})
    write(tmp_path / "vendor/shopware/core", composer("Core", type="shopware-platform-plugin"))
    write(tmp_path / "custom/plugins/Theme", {**composer("Theme"), "src/Resources/theme.json": "{}"})
    write(tmp_path, {"composer.json": '{"require": {"shopware/core": "*"}}', "src/Own.php": PHP})
    plugins, skipped = discover(tmp_path, frozenset({"One"}))
    assert not skipped
    assert {plugin.name: plugin.owner.value for plugin in plugins} == {
        "One": "own code", "Two": "own code", "Three": "store vendor", "Theme": "theme", "project": "own code"}  # fmt: skip
    assert [plugin.name for plugin in discover(tmp_path / "custom/plugins/One")[0]] == ["One"]
    assert {plugin.name for plugin in discover(tmp_path / "custom/plugins")[0]} == {"One", "Theme"}


def test_two_plugins_of_one_name_stay_apart(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write(tmp_path / folder, {"composer.json": json.dumps(COMPOSER)})
    assert [plugin.name for plugin in discover(tmp_path)[0]] == ["AcmeExample (a)", "AcmeExample (b)"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version_to": "latest"}, "--to: 'latest' is no Composer version. Write it like 6.6.7.1."),
        ({"version_from": "x"}, "--from: 'x' is no Composer version. Write it like 6.6.7.1."),
        ({"version_from": "6.6.0.0", "version_to": "6.5.8.14"}, "are they swapped?"),
        ({"only": frozenset({"Nobody"})}, "No plugin named Nobody in the project. Found: AcmeExample."),
        ({"destructive": "some"}, "Known: safe, blue-green, all."),
        ({"announced": True, "version_from": ""}, "--announced needs --from"),
    ],
)
def test_mistakes_of_the_user(bench: Bench, changes: dict[str, object], message: str) -> None:
    bench.core({}, {}).plugin({"src/A.php": PHP})
    with pytest.raises(CompatError) as error:
        bench.run(**changes)
    assert message in str(error.value)


words = st.sampled_from(
    ["<?php ", "class ", "A", "{", "}", "(", ")", "function f", "$x", "=", ";", "'", '"', "new ", "::", "->", "#[", "]",
     "use ", "\\", "extends ", "/*", "*/", "<<<X\n", "?", "|", "&", ",", "\n", "{% block a %}", "{% endblock %}", "{{", "}}",
     "{#", "#}", "<sw-a ", "v-model='x'", "/>", "import ", "ü", "\ufffd"]
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(words, max_size=40).map("".join))
@example("<sw-a " * 40)  # once read in every way there is, which never ended
@example("<sw-a " + " v-model='x'" * 40)
def test_no_text_crashes_a_reader(text: str) -> None:
    read_php("a.php", text.encode())
    read_template("a.twig", text.encode(), keep_bodies=True)
    read_script("a.js", text)
    read_style("a.scss", text)
    read_vue_tags(text)
    assert normalise(normalise(text)) is not None


@given(st.binary(max_size=200))
def test_no_bytes_crash_a_reader(data: bytes) -> None:
    read_php("a.php", data)
    read_template("a.twig", data)


def test_platform_checkout_is_not_judged_as_project_code(tmp_path: Path) -> None:
    write(tmp_path, {"composer.json": '{"require": {"shopware/conflicts": "*"}}', "src/Core/Framework/A.php": PHP})
    assert discover(tmp_path)[0] == []
    write(tmp_path, {"src/Shop/Own.php": PHP})
    (plugin,) = discover(tmp_path)[0]
    paths, skipped = list_files(plugin)
    assert [path.name for path in paths if path.suffix == ".php"] == ["Own.php"]
    assert any("Shopware itself" in item.reason for item in skipped)
