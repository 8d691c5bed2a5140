"""`python -m lkproto_conformance` is `lkproto-conformance`."""

import sys

from .cli import main

sys.exit(main())
