"""Core sources: git with tags, folders, vendor; the cache; versions that do not exist."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest

from tests.compat.bench import CORE, PHP, Bench, found, git, php, write
from updategate.compat.building import InventoryCache, build_inventories
from updategate.compat.inventory import Inventory
from updategate.compat.model import CompatError, Level, VersionMissingError
from updategate.compat.sources import FolderTree, GitTree, blob_id, open_sources, walk_files

GONE = "Shopware\\Core\\Checkout\\OldThing"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two tags: the class is in the first, not in the second."""
    folder = write(tmp_path / "shopware", {**CORE, **php(GONE, "{}")})
    git(folder, "init", "-q", "-b", "trunk")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "tag", "v6.5.8.14")
    (folder / "src/Core/Checkout/OldThing.php").unlink()
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "two")
    git(folder, "tag", "v6.6.0.0")
    return folder


def run(bench: Bench, repository: Path, **changes: object) -> list[Level]:
    bench.plugin({"src/A.php": f"{PHP}class A extends \\{GONE} {{}}"})
    report = bench.run(**{"cores": [repository], **changes})
    return [item.level for item in found(report, "symbol-missing")]


def test_tags_of_a_checkout(bench: Bench, repository: Path) -> None:
    assert run(bench, repository) == [Level.BLOCKED]


def test_bare_repository(bench: Bench, repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repository), str(tmp_path / "bare.git"))
    assert run(bench, tmp_path / "bare.git") == [Level.BLOCKED]


def test_two_processes_find_the_same(bench: Bench, repository: Path) -> None:
    assert run(bench, repository, processes=2) == [Level.BLOCKED]


def test_vendor_folders_before_and_after(bench: Bench, tmp_path: Path) -> None:
    def vendor(name: str, more: dict[str, str | bytes]) -> Path:
        files = {
            path.replace("src/Core/", "vendor/shopware/core/")
            .replace("src/Storefront/", "vendor/shopware/storefront/")
            .replace("src/Administration/", "vendor/shopware/administration/")
            .replace("src/Elasticsearch/", "vendor/shopware/elasticsearch/"): content
            for path, content in {**CORE, **more}.items()
            if path != "composer.json"
        }
        return write(tmp_path / name, files)

    before, after = vendor("one", php(GONE, "{}")), vendor("two", {})
    assert run(bench, before, cores=[before, after]) == [Level.BLOCKED]
    assert run(bench, before, cores=[before / "vendor", after / "vendor"]) == [Level.BLOCKED]


def test_vendor_folder_of_the_shop_is_the_source(bench: Bench, tmp_path: Path) -> None:
    """One folder is the target; the shop's own vendor folder is what it runs."""
    write(bench.project / "vendor/shopware/platform", {**CORE, **php(GONE, "{}")})
    write(tmp_path / "new", CORE)
    assert run(bench, tmp_path / "new") == [Level.BLOCKED]
    report = bench.run(cores=[tmp_path / "new"])
    assert not report.incomplete


def test_a_package_that_the_target_lacks_makes_it_inconclusive(bench: Bench, tmp_path: Path) -> None:
    only_core = {name: content for name, content in CORE.items() if name.startswith("src/Core")}
    write(tmp_path / "a", only_core)
    write(tmp_path / "b", only_core)
    bench.plugin({"src/A.php": f"{PHP}class A extends \\Shopware\\Storefront\\Page\\Page {{}}"})
    report = bench.run(cores=[tmp_path / "a", tmp_path / "b"])
    assert not found(report, "symbol-missing"), "an absent package proves nothing"
    assert any("storefront" in item.reason for item in report.skipped)
    assert report.exit_code == 3


@pytest.mark.parametrize(
    ("version", "near"),
    [("6.6.0.1", "6.5.8.14, 6.6.0.0"), ("6.4.0.0", "6.5.8.14, 6.6.0.0"), ("6.7.0.0", "6.5.8.14, 6.6.0.0")],
)
def test_version_that_does_not_exist(repository: Path, version: str, near: str) -> None:
    with pytest.raises(VersionMissingError) as error:
        GitTree(repository, version)
    assert str(error.value) == f"Shopware {version} is not a tag of {repository}. Nearest there: {near}."


def test_repository_without_tags(tmp_path: Path) -> None:
    folder = write(tmp_path / "empty", {"a": "b"})
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "x")
    with pytest.raises(VersionMissingError, match="git fetch --tags"):
        GitTree(folder, "6.6.0.0")


@pytest.mark.parametrize(
    ("cores", "message"),
    [
        (["nowhere"], "does not exist"),
        (["empty"], "composer install"),
        (["empty", "empty"], "holds no Shopware source"),
        ([], "Give --core once"),
        (["empty", "empty", "empty"], "Give --core once"),
    ],
)
def test_no_source(tmp_path: Path, cores: list[str], message: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CompatError, match=message):
        open_sources([tmp_path / core for core in cores], "6.5.8.14", "6.6.0.0")


def test_git_repository_of_something_else(tmp_path: Path) -> None:
    folder = write(tmp_path / "other", {"README.md": "x"})
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "x")
    git(folder, "tag", "v6.6.0.0")
    with pytest.raises(CompatError, match="holds no Shopware source"):
        GitTree(folder, "6.6.0.0").entries()


def test_folder_and_git_have_the_same_entries(repository: Path) -> None:
    from_git = {(e.path, e.blob) for e in GitTree(repository, "6.6.0.0").entries() if e.path.startswith("src/")}
    from_folder = {(e.path, e.blob) for e in FolderTree(repository, "6.6.0.0").entries() if e.path.startswith("src/")}
    assert from_git == from_folder
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


def test_walk_ends_on_a_link_loop(tmp_path: Path) -> None:
    write(tmp_path / "a", {"b/c.php": "x"})
    (tmp_path / "a/b/loop").symlink_to(tmp_path / "a")
    (tmp_path / "a/self").symlink_to("self")
    assert [path.name for path in walk_files(tmp_path / "a")] == ["c.php"]


# ---- cache -----------------------------------------------------------------------------------------------------


def test_inventory_survives_the_cache(repository: Path, tmp_path: Path) -> None:
    cache = InventoryCache(tmp_path / "cache")
    (built,) = build_inventories([GitTree(repository, "6.5.8.14")], cache, 1)
    files = list((tmp_path / "cache").iterdir())
    assert len(files) == 1
    (again,) = build_inventories([GitTree(repository, "6.5.8.14")], cache, 1)
    assert again.dump() == built.dump()
    assert again.has_class(GONE)
    assert again.variants(GONE)[0].path == "src/Core/Checkout/OldThing.php"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schema": 0}', '{"schema": 6, "version": "x"}', "\x00\x01"])
def test_damaged_cache_is_built_anew(repository: Path, tmp_path: Path, damage: str) -> None:
    cache = InventoryCache(tmp_path / "cache")
    build_inventories([GitTree(repository, "6.5.8.14")], cache, 1)
    (file,) = (tmp_path / "cache").iterdir()
    file.write_text(damage)
    (again,) = build_inventories([GitTree(repository, "6.5.8.14")], cache, 1)
    assert again.has_class(GONE)
    assert json.loads(file.read_text())["raw"]["classes"], "and stored again"


def test_other_content_is_another_key(repository: Path, tmp_path: Path) -> None:
    folder = FolderTree(repository, "6.6.0.0")
    key = folder.key
    write(repository, php(GONE, "{ function f() {} }"))
    assert FolderTree(repository, "6.6.0.0").key != key


def test_cache_folder_that_cannot_be_written_costs_only_time(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (built,) = build_inventories([GitTree(repository, "6.5.8.14")], InventoryCache(tmp_path / "file" / "sub"), 1)
    assert isinstance(built, Inventory)


# ---- facts of plugins ------------------------------------------------------------------------------------------


def cached_run(bench: Bench, cache: Path) -> list[tuple[str, Level]]:
    return [(item.id, item.level) for item in bench.run(cache=cache).findings]


def test_facts_of_plugins_are_cached_by_content(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.core(php(GONE, "{}"), {}).plugin({"src/A.php": f"{PHP}class A extends \\{GONE} {{}}"})
    first = cached_run(bench, tmp_path / "cache")
    assert first

    def forbidden(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("updategate.compat.plugin_files.read_file", forbidden)
    assert cached_run(bench, tmp_path / "cache") == first
    write(bench.project / "custom/plugins/AcmeExample", {"src/A.php": PHP})
    with pytest.raises(AssertionError, match="read again"):
        cached_run(bench, tmp_path / "cache")


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("made-by-a-pickle",)


@pytest.mark.parametrize("content", [b"", b"x", pickle.dumps({}), pickle.dumps(_Evil())])
def test_foreign_file_in_the_cache_is_not_executed(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    bench.core(php(GONE, "{}"), {}).plugin({"src/A.php": f"{PHP}class A extends \\{GONE} {{}}"})
    first = cached_run(bench, tmp_path / "cache")
    (file,) = (tmp_path / "cache/plugins").iterdir()
    file.write_bytes(content)
    assert cached_run(bench, tmp_path / "cache") == first
    assert not (tmp_path / "made-by-a-pickle").exists()
