"""A run ends with the updategate that asked for it."""

from __future__ import annotations

import signal
import subprocess
import sys

CHILD = """
import time
from updategate.plugin.lifetime import end_with_parent
end_with_parent()
print("works", flush=True)
try:
    time.sleep(30)
except KeyboardInterrupt:
    print("tidied up", flush=True)
"""
# in the background, as pipelines start things, nobody hears a Ctrl-C
PARENT = "import signal, subprocess, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); subprocess.run(sys.argv[1:])"


def test_a_run_ends_in_order_when_its_updategate_is_killed() -> None:
    command = [sys.executable, "-c", PARENT, sys.executable, "-c", CHILD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "works\n"
        parent.send_signal(signal.SIGKILL)
        # the pipe stays open until the child has ended
        assert parent.stdout.read() == "tidied up\n"
