"""Plain Locust for comparison: FastHttpUsers that send a list of requests again and again, and nothing else.

``python -m updategate.load.plain_user URL SECONDS USERS < requests.json``; answers with one JSON object:
requests and seconds of CPU. ``ci/bench-client`` holds the load process against it.
"""

from __future__ import annotations

import locust  # isort: skip - patches the standard library before anything else

import json
import sys
import time
from typing import Any, ClassVar

import gevent
import psutil
from locust import FastHttpUser, constant, task
from locust.env import Environment


class PlainUser(FastHttpUser):
    """Sends the next request of the list."""

    wait_time = constant(0)
    requests: ClassVar[list[dict[str, Any]]] = []

    def on_start(self) -> None:
        """Begin with the first."""
        self.position = 0

    @task
    def send_next(self) -> None:
        """Send one request, as it was recorded."""
        sent = self.requests[self.position % len(self.requests)]
        self.position += 1
        self.client.request(
            sent["method"], sent["path"], name=sent["name"], headers=sent["headers"], data=sent["body"] or None
        )


def main() -> int:
    """Run for the given time and print what was done."""
    url, seconds, users = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    PlainUser.requests = json.load(sys.stdin)
    PlainUser.host = url
    environment = Environment(user_classes=[PlainUser])
    runner = environment.create_local_runner()
    runner.start(users, spawn_rate=users)
    gevent.sleep(1.0)
    process = psutil.Process()
    before, begun, sent = process.cpu_times(), time.monotonic(), environment.stats.total.num_requests
    gevent.sleep(seconds)
    after = process.cpu_times()
    result = {
        "requests": environment.stats.total.num_requests - sent,
        "failures": environment.stats.total.num_failures,
        "cpu": after.user + after.system - before.user - before.system,
        "seconds": time.monotonic() - begun,
        "locust": locust.__version__,
    }
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()
    runner.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
