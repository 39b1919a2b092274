"""The lock on this machine: a file that the kernel unlocks when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import os
import socket
import tempfile
from pathlib import Path

from updategate.operations.run_lock.holder import Holder

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class LocalLock:
    """The lock file of one shop; the file itself is never removed, or two could hold two files of one name."""

    def __init__(self, url: str, folder: Path | None = None) -> None:
        place = folder or Path(tempfile.gettempdir()) / f"updategate-locks-{os.getuid()}"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = place / f"{hashlib.sha256(url.rstrip('/').lower().encode()).hexdigest()[:24]}.lock"
        self._file: int | None = None

    def machine(self) -> str:
        """Tells whether another holder would see the same file: machine, boot, and the file itself."""
        boot = BOOT_ID.read_text(encoding="ascii").strip()[:8] if BOOT_ID.is_file() else "?"
        self.path.touch(mode=0o600)
        found = self.path.stat()
        return f"{boot}-{found.st_dev}-{found.st_ino}"

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock; False where somebody else on this machine has it (``shared``: has it alone)."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def attended(self) -> bool:
        """Whether a process of this machine works in the shop, whoever has the lock: see ``attend``."""
        file = self._attendance()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(file)
        return False

    def attend(self) -> None:
        """Show until this process ends that it works in the shop: the file stays open, and the kernel closes it."""
        fcntl.flock(self._attendance(), fcntl.LOCK_SH)

    def _attendance(self) -> int:
        return os.open(self.path.with_suffix(".attended"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def sign(self, holder: Holder) -> None:
        """Write down who has it, for those who find it taken."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, holder.name().encode(), 0)

    def holder(self) -> Holder | None:
        """Who has it, as far as it is written down."""
        try:
            return Holder.read(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    def release(self) -> None:
        """Give it back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def attend(url: str) -> None:
    """Show until this process ends that it works in the shop: it may outlive the updategate that has the lock."""
    LocalLock(url).attend()


def whoami() -> str:
    """User, machine and process, for people."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()} (process {os.getpid()})"
