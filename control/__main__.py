"""Let `python -m control` do what `visavis` does."""

import sys

from control.cli import main

sys.exit(main())
