"""Makes the SQLite file of a new shop: built once for each content of the seed, then copied."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from updategate.embedded.refshop.dal.store import Doc, EntityStore
from updategate.embedded.refshop.versions import ShopwareVersion

from .completion import complete
from .decompose import Decomposer
from .errors import SeedError
from .mails import read_mails
from .matching import merged_with_recordings
from .notation import Rows, read_rows
from .products import read_products
from .recordings import recorded_rows, recordings_dir
from .states import read_states

_SYSTEM_FILES = ("locales.yaml", "system.yaml")
_PRODUCT_FILE = "products.yaml"
_STATES_FILE = "states.yaml"
_MAILS_FILE = "mails.yaml"


def opened_data(path: Path, version: ShopwareVersion, *, seed: str, recordings: Path | None = None) -> None:
    """Make the SQLite file at ``path`` if there is none; what is there already is kept."""
    if path.exists():
        return
    folder = recordings_dir(recordings, version) if seed == "recordings" else None
    cached = _cached(version, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(cached, path)


def fixtures_dir() -> Path:
    """Return the folder of the seed files: ``UPDATEGATE_FIXTURES``, or ``fixtures/data`` of the checkout."""
    return Path(os.environ.get("UPDATEGATE_FIXTURES") or Path(__file__).resolve().parents[5] / "fixtures" / "data")


def _cached(version: ShopwareVersion, folder: Path | None) -> Path:
    fixtures = fixtures_dir()
    package = Path(__file__).resolve().parents[1]
    code = [file for file in sorted(package.rglob("*.py")) if file.parent.name not in ("behaviour", "mutants")]
    sources = sorted(fixtures.glob("*.yaml")) + code
    if not any(file.suffix == ".yaml" for file in sources):
        raise SeedError(f"No seed files in {fixtures}. Name their folder in UPDATEGATE_FIXTURES.")
    if folder is not None:
        sources += sorted((folder / "catalogue").glob("*.json"))
    digest = hashlib.sha256(version.name.encode())
    for file in sources:
        digest.update(file.read_bytes())
    # the user's own folder: a cache that others could write to would let them plant a database
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "updategate" / "refshop"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        cache = Path(tempfile.mkdtemp(prefix="refshop-seed-"))
    target = cache / f"{digest.hexdigest()[:24]}.sqlite"
    if not target.exists():
        _build(target, fixtures, folder, version)
        _forget_old(cache, target)
    return target


def _forget_old(cache: Path, keep: Path) -> None:
    for old in sorted(cache.glob("*.sqlite"), key=lambda file: file.stat().st_mtime)[:-12]:
        if old != keep:
            old.unlink(missing_ok=True)


def _build(target: Path, fixtures: Path, folder: Path | None, version: ShopwareVersion) -> None:
    store = EntityStore()
    rows: Rows = read_states(fixtures / _STATES_FILE) + read_mails(fixtures / _MAILS_FILE)
    for name in _SYSTEM_FILES:
        rows += read_rows(fixtures / name)
    if folder is None:
        for file in sorted(fixtures.glob("*.yaml")):
            if file.name == _PRODUCT_FILE:
                rows += read_products(file)
            elif file.name not in (*_SYSTEM_FILES, _STATES_FILE, _MAILS_FILE):
                rows += read_rows(file)
    else:
        rows = merged_with_recordings(rows, recorded_rows(folder))
    with store.transaction():
        write_rows(store, rows)
        complete(store, version)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    os.close(handle)
    part = Path(name)
    part.unlink()
    store.save_as(part)
    store.close()
    part.replace(target)


def write_rows(store: EntityStore, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Take the rows apart and store them; a row given twice is merged."""

    def put(entity: str, row: Doc) -> None:
        before = store.get(entity, row["id"])
        if before and "translations" in before and "translations" in row:
            texts = dict(before["translations"])
            for language, values in row["translations"].items():
                texts[language] = {**texts.get(language, {}), **values}
            row = {**row, "translations": texts}
        # a row nested in several others is stored several times, yet nobody has changed it
        store.upsert(entity, {"updatedAt": (before or {}).get("updatedAt"), **row})

    decomposer = Decomposer(put)
    for entity, doc in rows:
        decomposer.add(entity, doc)
