r"""Shopware source trees: a git checkout with tags (bare or not, read without a work tree), a folder, or `vendor/`.

Whatever the source, paths are those of the platform repository: `src/Core/...`, `src/Storefront/...`,
`src/Administration/...`, `src/Elasticsearch/...`. A blob id is git's own (SHA-1 over `blob <size>\\0<bytes>`), so that
the same file has the same id in every kind of source.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, cast

from updategate.compat.model import CompatError, VersionMissingError
from updategate.compat.versions import Version, VersionError

MAX_FILE_BYTES = 4 * 1024 * 1024
SPLIT_PACKAGES = {
    "core": "src/Core",
    "storefront": "src/Storefront",
    "administration": "src/Administration",
    "elasticsearch": "src/Elasticsearch",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a tree: platform path, git blob id, size in bytes."""

    path: str
    blob: str
    size: int


class SourceTree(ABC):
    """A Shopware source tree at one version."""

    version: str
    label: str

    @abstractmethod
    def entries(self) -> list[Entry]:
        """Every file under `src/` and the top level, sorted by path."""

    @abstractmethod
    def read_blobs(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, bytes]]:
        """Contents of the entries, in their order."""

    @cached_property
    def by_path(self) -> dict[str, Entry]:
        """Entries by platform path."""
        return {entry.path: entry for entry in self.entries()}

    def read(self, path: str) -> bytes | None:
        """Content of one platform path, or None where the tree has no such file."""
        found = self.by_path.get(path)
        return next(iter(self.read_blobs([found])))[1] if found is not None else None

    def close(self) -> None:  # noqa: B027 - most trees open nothing
        """End what reading has opened."""

    @property
    def key(self) -> str:
        """Content key: equal keys mean equal files at equal paths."""
        digest = hashlib.sha256()
        for entry in self.entries():
            digest.update(f"{entry.path}\0{entry.blob}\n".encode())
        return digest.hexdigest()

    def link(self, path: str, line: int = 0) -> str:
        """Address of a core file at this version in the public repository."""
        anchor = f"#L{line}" if line else ""
        return f"https://github.com/shopware/shopware/blob/v{self.version}/{path}{anchor}"


def _git(repository: Path, *arguments: str) -> bytes:
    done = subprocess.run(  # noqa: S603 - fixed program, arguments are no shell text
        ["git", "-c", "safe.directory=*", "-C", str(repository), *arguments],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if done.returncode:
        message = done.stderr.decode(errors="replace").strip().splitlines()
        raise CompatError(f"git {arguments[0]} failed in {repository}: {message[-1] if message else 'no output'}")
    return done.stdout


def is_git(path: Path) -> bool:
    """Whether the folder is a git work tree's top, or a bare git directory."""
    return (path / ".git").exists() or ((path / "HEAD").is_file() and (path / "objects").is_dir())


def _platform_prefix(paths: list[str]) -> str | None:
    """What to put before a path to make it a platform path: empty for the platform repository itself."""
    known = set(paths)
    if any(path.startswith("src/Core/") for path in paths):
        return ""
    for marker, prefix in (
        ("Framework/Framework.php", "src/Core/"),
        ("Storefront.php", "src/Storefront/"),
        ("Administration.php", "src/Administration/"),
    ):
        if marker in known:
            return prefix
    return None


class GitTree(SourceTree):
    """One tag of a git repository, read with plumbing only: works on bare repositories."""

    def __init__(self, repository: Path, version: str) -> None:
        self._repository = repository
        self.version = version.removeprefix("v")
        self.label = f"{repository}@{version}"
        self._commit = self._resolve(version)
        self._entries: list[Entry] | None = None
        self._reader: subprocess.Popen[bytes] | None = None

    def read(self, path: str) -> bytes | None:
        """Content of one platform path through a process that stays open: a drift check reads hundreds of files."""
        found = self.by_path.get(path)
        if found is None:
            return None
        if self._reader is None:
            self._reader = _cat_file(self._repository)
        stdin, stdout = cast("IO[bytes]", self._reader.stdin), cast("IO[bytes]", self._reader.stdout)
        stdin.write(f"{found.blob}\n".encode())
        stdin.flush()
        return _next_blob(stdout, self._repository, path)

    def close(self) -> None:
        """End the reading process."""
        if self._reader is not None:
            cast("IO[bytes]", self._reader.stdin).close()
            cast("IO[bytes]", self._reader.stdout).close()
            self._reader.wait()
            self._reader = None

    def _resolve(self, version: str) -> str:
        bare = version.removeprefix("v")
        for name in (f"refs/tags/v{bare}", f"refs/tags/{bare}", version):
            try:
                return _git(self._repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
            except CompatError:
                continue
        tags = _git(self._repository, "tag", "--list").decode().split()
        hint = _nearest_tags(bare, tags)
        if not tags:
            hint = "The repository has no tags at all: is it a shallow clone? Run `git fetch --tags` in it."
        raise VersionMissingError(f"Shopware {bare} is not a tag of {self._repository}. {hint}")

    def entries(self) -> list[Entry]:
        """Every file under `src/` and the top level, sorted by path."""
        if self._entries is None:
            raw = _git(self._repository, "ls-tree", "-r", "-l", "-z", self._commit).decode(errors="surrogateescape")
            found: list[tuple[str, str, int]] = []
            for record in raw.split("\0"):
                head, _, path = record.partition("\t")
                fields = head.split()
                if len(fields) == 4 and fields[1] == "blob" and fields[0] != "120000":
                    found.append((path, fields[2], int(fields[3])))
            prefix = _platform_prefix([path for path, _, _ in found])
            if prefix is None:
                raise CompatError(
                    f"{self.label} holds no Shopware source (no src/Core, and it is not shopware/core, storefront or"
                    " administration). Give a checkout of github.com/shopware/shopware."
                )
            self._entries = sorted((Entry(prefix + path, blob, size) for path, blob, size in found), key=_by_path)
        return self._entries

    def read_blobs(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, bytes]]:
        """Contents of the entries, in their order, through one `git cat-file --batch`."""
        yield from read_git_blobs(self._repository, entries)

    @property
    def repository(self) -> Path:
        """Where the blobs come from; worker processes open it themselves."""
        return self._repository

    @property
    def key(self) -> str:
        """The commit's tree: git has hashed the content already."""
        return _git(self._repository, "rev-parse", f"{self._commit}^{{tree}}").decode().strip()


def _cat_file(repository: Path, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - fixed program, arguments are no shell text
        ["git", "-c", "safe.directory=*", "-C", str(repository), "cat-file", "--batch", *options],  # noqa: S607
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _next_blob(stdout: IO[bytes], repository: Path, path: str) -> bytes:
    header = stdout.readline().split()
    if len(header) != 3:
        raise CompatError(
            f"{repository} lists {path} but does not hold its content (partial clone?)."
            " Fetch the repository completely."
        )
    content = stdout.read(int(header[2]))
    stdout.read(1)
    return content


def read_git_blobs(repository: Path, entries: Iterable[Entry]) -> Iterator[tuple[Entry, bytes]]:
    """Contents of blobs through one `git cat-file --batch` process.

    Raises:
        CompatError: a blob is listed but absent (partial or damaged clone).

    """
    wanted = list(entries)
    if not wanted:
        return
    process = _cat_file(repository, "--buffer")
    stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)

    def feed() -> None:
        try:
            stdin.write("".join(f"{entry.blob}\n" for entry in wanted).encode())
            stdin.close()
        except BrokenPipeError:
            return

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    try:
        for entry in wanted:
            content = _next_blob(stdout, repository, entry.path)
            yield entry, content
    finally:
        stdout.close()
        process.kill()
        process.wait()
        feeder.join(timeout=5)


class FolderTree(SourceTree):
    """A folder that holds the platform repository, one split package, or a `vendor/` folder with the split packages."""

    def __init__(self, folder: Path, version: str) -> None:
        self.version = version.removeprefix("v")
        self.label = str(folder)
        self._roots = _folder_roots(folder)
        self._entries: list[Entry] | None = None
        self._places: dict[str, Path] = {}
        if not self._roots:
            raise CompatError(
                f"{folder} holds no Shopware source: expected src/Core, vendor/shopware/core, shopware/core or the"
                " content of one of these packages. Run `composer install` first, or give a git checkout."
            )

    def entries(self) -> list[Entry]:
        """Every file of the found packages, sorted by path."""
        if self._entries is None:
            entries = []
            for prefix, root in self._roots:
                for path in walk_files(root, skip=_CORE_SKIP):
                    name = prefix + path.relative_to(root).as_posix()
                    size = path.stat().st_size
                    if size > MAX_FILE_BYTES or path.suffix not in _CORE_SUFFIXES:
                        continue
                    self._places[name] = path
                    entries.append(Entry(name, blob_id(path.read_bytes()), size))
            self._entries = sorted(entries, key=_by_path)
        return self._entries

    def read_blobs(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, bytes]]:
        """Contents of the entries, in their order."""
        for entry in entries:
            yield entry, self._places[entry.path].read_bytes()

    def place(self, path: str) -> Path:
        """Where a platform path lies on disk."""
        return self._places[path]


_CORE_SKIP = frozenset({".git", "node_modules", "dist", "public", "tests", "adr", "changelog", "var"})
_CORE_SUFFIXES = frozenset({".php", ".twig", ".xml", ".json", ".js", ".ts", ".scss", ".yaml", ".yml", ".md"})


def _by_path(entry: Entry) -> str:
    return entry.path


def _folder_roots(folder: Path) -> list[tuple[str, Path]]:
    if (folder / "src" / "Core").is_dir():
        return [("", folder)]
    for base in (folder / "vendor" / "shopware", folder / "shopware", folder):
        if (base / "platform" / "src" / "Core").is_dir():
            return [("", base / "platform")]
        if (base / "core" / "Framework").is_dir():
            return [(f"{prefix}/", base / name) for name, prefix in SPLIT_PACKAGES.items() if (base / name).is_dir()]
    if (folder / "Framework").is_dir() and (folder / "Kernel.php").is_file():
        return [("src/Core/", folder)]
    return []


def blob_id(content: bytes) -> str:
    """Git's object id of a file."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def walk_files(root: Path, skip: frozenset[str] = frozenset()) -> Iterator[Path]:
    """Files under a folder, sorted; symbolic links are followed once, so that a loop ends."""
    seen: set[tuple[int, int]] = set()
    pending = [root]
    while pending:
        folder = pending.pop()
        try:
            status = folder.stat()
            identity = (status.st_dev, status.st_ino)
            if identity in seen:
                continue
            seen.add(identity)
            with os.scandir(folder) as listing:
                children = sorted(listing, key=lambda child: child.name)
        except OSError:
            continue
        for child in children:
            try:
                if child.is_dir():
                    if child.name not in skip:
                        pending.append(Path(child.path))
                elif child.is_file():
                    yield Path(child.path)
            except OSError:
                continue


def _nearest_tags(version: str, tags: Iterable[str]) -> str:
    """A sentence with the existing versions around the missing one."""
    known = [(Version.parse(tag), tag.removeprefix("v")) for tag in tags if re.fullmatch(r"v?\d+(\.\d+){1,3}", tag)]
    if not known:
        return "It has no version tags."
    known.sort()
    try:
        wanted = Version.parse(version)
    except VersionError:
        return f"Its newest version is {known[-1][1]}."
    below = [name for parsed, name in known if parsed < wanted][-2:]
    above = [name for parsed, name in known if parsed > wanted][:2]
    return f"Nearest there: {', '.join(below + above)}."


def open_sources(cores: list[Path], version_from: str, version_to: str) -> tuple[SourceTree | None, SourceTree]:
    """The source and the target tree.

    One git repository serves both by tag; two paths are before and after, each a folder or a repository; one folder is
    the target alone, and then nothing can be said about what changed.

    Raises:
        CompatError: a path does not exist or holds no Shopware; `VersionMissingError` for an unknown version.

    """
    for path in cores:
        if not path.exists():
            raise CompatError(f"Core source {path} does not exist.")
    if not cores or len(cores) > 2:
        raise CompatError("Give --core once (a git repository, or the target's folder) or twice (before, after).")
    if len(cores) == 1 and is_git(cores[0]):
        before = GitTree(cores[0], version_from) if version_from else None
        return before, GitTree(cores[0], version_to)
    if len(cores) == 1:
        return None, FolderTree(cores[0], version_to)
    if not version_from:
        raise CompatError("Two core sources need --from and --to: which version is the first one?")
    return _open(cores[0], version_from), _open(cores[1], version_to)


def _open(path: Path, version: str) -> SourceTree:
    return GitTree(path, version) if is_git(path) else FolderTree(path, version)
