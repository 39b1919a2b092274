"""Builds and caches inventories: worker processes parse, the cache is keyed by content."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from updategate.compat.core_files import extract, kind_of
from updategate.compat.inventory import SCHEMA, Inventory
from updategate.compat.sources import Entry, FolderTree, GitTree, SourceTree, read_git_blobs

Facts = dict[tuple[str, str], dict[str, Any]]  # (path, blob) -> facts


@dataclass(frozen=True, slots=True)
class _Batch:
    """Work of one worker call: blobs of one repository, or files of one folder."""

    repository: str
    items: tuple[tuple[str, str, str], ...]  # path, blob, file on disk ("" when from the repository)


def _work(batch: _Batch) -> list[tuple[str, str, dict[str, Any]]]:
    if batch.repository:
        entries = [Entry(path, blob, 0) for path, blob, _ in batch.items]
        return [(e.path, e.blob, extract(e.path, data)) for e, data in read_git_blobs(Path(batch.repository), entries)]
    return [(path, blob, extract(path, Path(place).read_bytes())) for path, blob, place in batch.items]


@contextmanager
def worker_pool(processes: int) -> Iterator[ProcessPoolExecutor | None]:
    """A pool, or None for one process. Forks only a process of one thread: a fork copies locks, not threads."""
    if processes <= 1:
        yield None
        return
    can_fork = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if can_fork else "spawn")
    with ProcessPoolExecutor(max_workers=processes, mp_context=context) as pool:
        yield pool


class InventoryCache:
    """Inventories on disk, one file a content key. A damaged or foreign file counts as absent."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def _path(self, key: str) -> Path | None:
        return self._folder / f"core-{SCHEMA}-{key}.json" if self._folder is not None else None

    def get(self, key: str, version: str) -> Inventory | None:
        """The stored inventory, under the asked version's name."""
        path = self._path(key)
        if path is None or not path.is_file():
            return None
        try:
            found = Inventory.load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None
        if found is not None:
            found.version = version
        return found

    def put(self, key: str, inventory: Inventory) -> None:
        """Store; a folder that cannot be written costs time, not the result."""
        path = self._path(key)
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(f".{os.getpid()}.part")
            partial.write_text(inventory.dump(), encoding="utf-8")
            partial.replace(path)
        except OSError:
            return


def build_inventories(trees: Iterable[SourceTree], cache: InventoryCache, processes: int) -> list[Inventory]:
    """An inventory for each tree, in order; files that trees share are parsed once."""
    listed = list(trees)
    keys = [tree.key for tree in listed]
    ready: list[Inventory | None] = [cache.get(key, tree.version) for key, tree in zip(keys, listed, strict=True)]
    missing = [tree for tree, known in zip(listed, ready, strict=True) if known is None]
    facts = _parse(missing, processes) if missing else {}
    result = []
    for tree, key, known in zip(listed, keys, ready, strict=True):
        if known is None:
            entries = ((entry.path, entry.blob) for entry in tree.entries() if kind_of(entry.path))
            known = Inventory.collect(tree.version, ((path, facts[path, blob]) for path, blob in entries))
            cache.put(key, known)
        result.append(known)
    return result


def _parse(trees: list[SourceTree], processes: int) -> Facts:
    seen: set[tuple[str, str]] = set()
    batches: list[_Batch] = []
    for tree in trees:
        wanted = []
        for entry in tree.entries():
            if kind_of(entry.path) and (entry.path, entry.blob) not in seen:
                seen.add((entry.path, entry.blob))
                wanted.append(entry)
        batches.extend(_batches(tree, wanted))
    facts: Facts = {}
    with worker_pool(processes) as pool:
        for done in pool.map(_work, batches) if pool is not None else map(_work, batches):
            for path, blob, found in done:
                facts[path, blob] = found
    return facts


_BATCH_BYTES = 1_500_000


def _batches(tree: SourceTree, entries: list[Entry]) -> Iterator[_Batch]:
    repository = str(tree.repository) if isinstance(tree, GitTree) else ""
    items: list[tuple[str, str, str]] = []
    size = 0
    for entry in entries:
        place = str(tree.place(entry.path)) if isinstance(tree, FolderTree) else ""
        items.append((entry.path, entry.blob, place))
        size += entry.size
        if size > _BATCH_BYTES:
            yield _Batch(repository, tuple(items))
            items, size = [], 0
    if items:
        yield _Batch(repository, tuple(items))


def default_processes() -> int:
    """At most two: the numbers of this project are measured with two, and memory grows with each."""
    return min(2, os.cpu_count() or 1)
