"""One run at a time against one shop: who holds it, since when, and what becomes of it when its holder is killed.

Two locks together. A file on this machine is locked by the kernel, which frees it when the holder dies. A marker in
the shop's own data (where the environment permits to write there) is seen by other machines; it is renewed while its
holder lives and counts as left behind when it has not been renewed for as long as it says. See ADR "run-lock".
"""

from updategate.operations.run_lock.holding import Held, ShopBusyError, hold
from updategate.operations.run_lock.local import attend

__all__ = ["Held", "ShopBusyError", "attend", "hold"]
