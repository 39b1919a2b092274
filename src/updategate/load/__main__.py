"""The load process: ``python -m updategate.load``. The only one that imports Locust.

Reads one JSON object a line from its standard input (``plan``, then ``slice`` after ``slice``, or ``stop``) and
answers each with one on its standard output. The end of the input, SIGINT and SIGTERM stop all load at once:
load never outlives the run that asked for it. ``--worker`` makes it a worker of a master elsewhere.
"""

from __future__ import annotations

import argparse
import sys


def main() -> int:
    """Parse the arguments and serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m updategate.load")
    parser.add_argument("--environment", required=True, help="environment file of the shop after the update")
    parser.add_argument("--scenarios", required=True, help="folder with the journeys")
    parser.add_argument("--worker", action="store_true", help="take orders from a master")
    parser.add_argument("--master-host", default="127.0.0.1")
    parser.add_argument("--master-port", type=int, default=5557)
    parser.add_argument("--workers", type=int, default=0, help="be a master of so many workers")
    parser.add_argument("--bind", default="127.0.0.1", help="where a master listens")
    arguments = parser.parse_args()

    # Locust patches the standard library for its event loop: nothing else may be imported before it
    import locust  # noqa: F401

    from updategate.load import serving

    if arguments.worker:
        return serving.serve_as_worker(
            arguments.environment, arguments.scenarios, arguments.master_host, arguments.master_port
        )
    return serving.serve(
        arguments.environment,
        arguments.scenarios,
        workers=arguments.workers,
        bind=arguments.bind,
        port=arguments.master_port,
    )


if __name__ == "__main__":
    sys.exit(main())
