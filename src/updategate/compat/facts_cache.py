"""Facts of plugin files on disk, keyed by their content, by the rules that were applied, and by this code.

Pickled, because facts are many small objects; read by an unpickler that makes nothing but those, so that a foreign file
in a shared cache folder cannot run anything.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from updategate.compat.rule_matching import TextRule
from updategate.compat.sources import blob_id

SCHEMA = 1
_MODULES = frozenset(
    f"updategate.compat.{name}"
    for name in ("plugin_files", "php_facts", "container", "twig_blocks", "scripts", "vue_templates", "rule_matching")
)
_KEPT_FILES = 4000


class _FactsUnpickler(pickle.Unpickler):
    """Makes the dataclasses of facts, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as the base class has it
        """Refuse everything but facts."""
        if module in _MODULES and name[:1].isupper():
            return super().find_class(module, name)
        message = f"{module}.{name} is no fact"
        raise pickle.UnpicklingError(message)


class FactsCache:
    """One file for each batch of plugin files; a damaged one counts as absent."""

    def __init__(self, folder: Path | None, rules: tuple[TextRule, ...]) -> None:
        self._folder = folder / "plugins" if folder is not None else None
        self._salt = hashlib.sha256(f"{SCHEMA} {_code_hash()} {rules!r}".encode()).hexdigest()

    def key(self, root: Path, paths: Iterable[Path]) -> str:
        """Key of a batch; empty where nothing is cached or a file cannot be read."""
        if self._folder is None:
            return ""
        digest = hashlib.sha256(self._salt.encode())
        try:
            for path in paths:
                digest.update(f"{path.relative_to(root).as_posix()}\0{blob_id(path.read_bytes())}\n".encode())
        except OSError:
            return ""
        return digest.hexdigest()

    def get(self, key: str) -> list[Any] | None:
        """Facts of a batch, or None."""
        if not key or self._folder is None:
            return None
        try:
            data = (self._folder / key).read_bytes()
            found = _FactsUnpickler(io.BytesIO(data)).load()
        except Exception:  # noqa: BLE001 - damaged pickles raise anything; the files are read again
            return None
        return found if isinstance(found, list) else None

    def put(self, key: str, facts: list[Any]) -> None:
        """Store; a folder that cannot be written costs time, not the result."""
        if not key or self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            partial = self._folder / f"{key}.{os.getpid()}.part"
            partial.write_bytes(pickle.dumps(facts, protocol=5))
            partial.replace(self._folder / key)
        except OSError:
            return

    def prune(self) -> None:
        """Remove the oldest files when there are too many."""
        if self._folder is None or not self._folder.is_dir():
            return
        try:
            stored = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in stored[_KEPT_FILES:]:
                path.unlink(missing_ok=True)
        except OSError:
            return


def _code_hash() -> str:
    """Hash of the modules that make facts: facts of an older version of this program are none of this one."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
