"""Asking again while the shop does not know yet what was created a moment ago."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from updategate.clients.errors import ApiError

Answer = TypeVar("Answer")
_TRIES = 20


def ask_again_while(refused: Callable[[ApiError], bool], ask: Callable[[], Answer], *, pause: float) -> Answer:
    """Ask until the answer is no such refusal, ``pause`` seconds apart; what lasts longer is raised as it is."""
    for _ in range(_TRIES - 1):
        try:
            return ask()
        except ApiError as fault:
            if not refused(fault):
                raise
        time.sleep(pause)
    return ask()
