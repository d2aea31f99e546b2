"""`python -m network`: the collector alone, without the helpdesk."""

import sys

from network.command_line import main

sys.exit(main())
