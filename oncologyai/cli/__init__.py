"""The command line ``oncology-ai``: one file a command, no algorithm."""

from oncologyai.cli.app import main

__all__ = ["main"]
