"""``python -m updategate.embedded.connector``."""

import sys

from updategate.embedded.connector.cli import main

if __name__ == "__main__":
    sys.exit(main())
