#!/usr/bin/env python
"""Django's command line, on the embedded servers when no others are named."""

import os
import sys

from django.core.management import execute_from_command_line

from tutorhub.core import embedded


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutorhub.settings")
    with embedded.servers():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
