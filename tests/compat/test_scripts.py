"""The scripts around compat run on a corpus and a core of a few lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compat.bench import CORE, PHP, git, php, plugin_files, write

CI = Path(__file__).parents[2] / "ci"
GONE = "Shopware\\Core\\Checkout\\OldThing"


def commit(folder: Path, *tags: str) -> None:
    """Commit everything and set tags."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "trunk")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", tags[0])
    for tag in tags:
        git(folder, "tag", tag)


@pytest.fixture
def shopware(tmp_path: Path) -> Path:
    """A core that loses a class with 6.6.0.0."""
    folder = write(tmp_path / "shopware", {**CORE, **php(GONE, "{}")})
    commit(folder, "v6.5.8.14")
    (folder / "src/Core/Checkout/OldThing.php").unlink()
    write(folder, {"src/Core/changed.md": "x"})
    commit(folder, "v6.6.0.0", "v6.6.5.1", "v6.6.7.1")
    return folder


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(CI / script), *arguments], capture_output=True, text=True, check=False)


def corpus(tmp_path: Path, shopware: Path, *, adapted: bool) -> subprocess.CompletedProcess[str]:
    old = plugin_files({"src/A.php": f"{PHP}class A extends \\{GONE} {{}}"}, require={"shopware/core": "~6.5.0"})
    new = plugin_files({"src/A.php": PHP} if adapted else {}, require={"shopware/core": "~6.6.0"})
    plugin = write(tmp_path / "plugins/acme/example", old)
    commit(plugin, "1.0.0")
    write(plugin, new)
    commit(plugin, "2.0.0")
    label = {"plugin": "acme/example", "from_version": "1.0.0", "to_version": "2.0.0", "core_from": "6.5.8.14",
             "core_to": "6.6.0.0", "n_breaks": 1, "n_rule_breaks_adapted": 0,
             "breaks": [{"kind": "class-removed", "how": "extends", "symbol": GONE, "file": "src/A.php"}]}  # fmt: skip
    absent = {**label, "plugin": "acme/absent"}
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"pairs": [label, absent]}))
    folders = ["--core", str(shopware), "--plugins", str(tmp_path / "plugins"), "--cache", str(tmp_path / "cache")]
    return run("compat-corpus", *folders, "--labels", str(labels))


def test_corpus_of_an_adapted_release(tmp_path: Path, shopware: Path) -> None:
    done = corpus(tmp_path, shopware, adapted=True)
    assert "ALL blocked                                                2/2 = 100.0 %" in done.stdout
    assert "labelled breaks by level of the finding: {'blocked': 1}" in done.stdout
    assert "SKIPPED acme/absent" in done.stdout
    assert done.returncode == 3, "what is not there was not measured"


def test_corpus_of_a_release_that_was_not_adapted(tmp_path: Path, shopware: Path) -> None:
    done = corpus(tmp_path, shopware, adapted=False)
    assert "FAILED precision of blocked findings 1/2 = 50.0 % is below 95 %" in done.stdout
    assert done.returncode == 1


def test_bench(shopware: Path) -> None:
    done = run("bench-compat", "--core", str(shopware), "--counts", "1,2", "--lines", "400")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [row[0] for row in rows] == ["1", "2"]
    assert int(rows[1][1]) > int(rows[0][1]) > 100
