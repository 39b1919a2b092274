"""``python -m updategate.embedded.tryton_server``."""

import sys

from updategate.embedded.tryton_server.cli import main

if __name__ == "__main__":
    sys.exit(main())
