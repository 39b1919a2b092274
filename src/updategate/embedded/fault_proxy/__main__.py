"""``python -m updategate.embedded.fault_proxy``."""

import sys

from updategate.embedded.fault_proxy.cli import main

if __name__ == "__main__":
    sys.exit(main())
