"""``python -m oncologyai``: the same as ``oncology-ai``."""

import sys

from oncologyai.cli import main

if __name__ == "__main__":
    sys.exit(main())
