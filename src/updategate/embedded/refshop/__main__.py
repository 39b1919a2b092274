"""Starts the reference shop: ``python -m updategate.embedded.refshop --port 0 --json``."""

import sys

from .cli import main

sys.exit(main())
