"""Let `python -m control` do what `visavis` does."""

import sys

from control.run.cli import main

sys.exit(main())
