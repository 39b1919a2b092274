"""The how-to's commands, run on a shop of a few lines, end as the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.compat.bench import CORE, PHP, git, php, plugin_files, write
from updategate.cli import execute

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "compat.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = re.findall(r"^ {4}(updategate compat .*?) +# exits with (\d)$", TEXT, re.MULTILINE)
GONE = "Shopware\\Core\\Checkout\\OldThing"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the page's commands are run in."""
    root = tmp_path_factory.mktemp("docs")
    soon = php("Shopware\\Core\\Checkout\\Soon", "{}", head="/** @deprecated tag:v6.7.0 - Use Later instead */")
    shopware = write(root / "shopware", {**CORE, **php(GONE, "{}"), **soon})
    git(shopware, "init", "-q", "-b", "trunk")
    for version in ("6.5.8.14", "6.6.7.1"):
        git(shopware, "add", "-A")
        git(shopware, "commit", "-q", "-m", version)
        git(shopware, "tag", f"v{version}")
        (shopware / "src/Core/Checkout/OldThing.php").unlink(missing_ok=True)
    for name, files in (("before", {**php(GONE, "{}"), **soon}), ("after", soon)):
        write(root / name / "vendor/shopware/platform", {**CORE, **files})
    view = "{% sw_extends '@Storefront/storefront/base.html.twig' %}\n{% block base_body %}x{% endblock %}\n"
    code = f"{PHP}namespace Acme\\Example;\nclass Old extends \\{GONE} {{}}\n"
    code += "class Soon extends \\Shopware\\Core\\Checkout\\Soon {}"
    plugin = plugin_files({"src/Old.php": code, "src/Resources/views/storefront/base.html.twig": view})
    write(root / "shop/custom/plugins/AcmeExample", plugin)
    waivers = re.search(r"^ {4}waivers:\n(?: {4}.*\n)+", TEXT, re.MULTILINE)
    assert waivers is not None
    write(root, {"compat-waivers.yaml": re.sub(r"^ {4}", "", waivers[0], flags=re.MULTILINE)})
    return root


def test_the_page_has_commands() -> None:
    assert len(COMMANDS) >= 9


@pytest.mark.parametrize(("command", "code"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_command(place: Path, monkeypatch: pytest.MonkeyPatch, command: str, code: str) -> None:
    monkeypatch.chdir(place)
    arguments = [*shlex.split(command)[1:], "--cache", "cache", "--processes", "1"]
    assert int(execute(arguments)) == int(code)


def test_every_check_of_the_page_exists() -> None:
    sources = Path(__file__).parents[2] / "src" / "updategate" / "compat"
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources.rglob("*.py"))
    table = TEXT.partition("## What is checked")[2].partition("A rule of a pack")[0]
    for name in re.findall(r"`([a-z]+-[a-z-]+)`", table):
        assert f'"{name}"' in code, name
