"""The command line: arguments in, text out. Data goes to stdout alone, words to stderr.

Exit codes: 0 fine, 1 findings, 2 the request was wrong, 3 our own fault.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from kg import __version__
from kg.commands import check, gather, judge, look, publish, reason, serve, survey
from kg.commands.console import app
from kg.errors import MinilatError

__all__ = ["app", "check", "gather", "judge", "look", "main", "publish", "reason", "serve", "survey"]


def _version(asked: bool) -> None:
    if asked:
        print(f"minilat {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Which grouping of states fits this security challenge, on this date, and why?"""


def main() -> None:
    """Run the command line and turn errors into words and exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Data is UTF-8 wherever it goes; a terminal that cannot show a character shows a question mark.
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except MinilatError as error:
        print(f"minilat: {error}", file=sys.stderr)
        code = 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        if os.environ.get("MINILAT_DEBUG"):
            raise
        print(f"minilat: this is our fault, not yours: {type(error).__name__}: {error}", file=sys.stderr)
        print("  hint: run again with MINILAT_DEBUG=1 and report what it prints", file=sys.stderr)
        code = 3
    else:
        return
    sys.stdout.flush()
    sys.stderr.flush()
    # A query that ran out of time may still be working in the engine, which cannot be interrupted.
    os._exit(code)


if __name__ == "__main__":
    main()
