"""A run ends with the updategate that asked for it: where that is killed, nothing goes on in the shop unseen."""

from __future__ import annotations

import os
import signal
import threading

LOOK_AGAIN = 0.25
# so long may the run take down what it has put up
ORDERLY = 30.0


def end_with_parent() -> None:
    """From now on, this process ends as after a Ctrl-C once its parent is dead, and hard where that takes too long.

    For the main thread only. The signal is one of our own, because a process in the background ignores a Ctrl-C, and
    one under ``nohup`` must survive its terminal.
    """
    signal.signal(signal.SIGUSR1, signal.default_int_handler)
    threading.Thread(target=_watch, args=(os.getppid(),), name="lifetime", daemon=True).start()


def _watch(parent: int) -> None:
    waiting = threading.Event()
    while os.getppid() == parent:
        waiting.wait(LOOK_AGAIN)
    os.kill(os.getpid(), signal.SIGUSR1)
    waiting.wait(ORDERLY)
    os.kill(os.getpid(), signal.SIGKILL)
