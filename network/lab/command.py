"""`python -m network lab`."""

import argparse


def add_lab_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lab`."""


def run_lab(arguments: argparse.Namespace) -> int:
    """Run it."""
    return 0
