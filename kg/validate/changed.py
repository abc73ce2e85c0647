"""Which files of a git checkout differ from a revision; the only place that starts another program."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Final

from kg.errors import MinilatError

SECONDS: Final = 60
"""The time git may take."""

_REVISION: Final = re.compile(r"[^\s\x00-\x1f\x7f-][^\s\x00-\x1f\x7f]{0,250}")
# A setting of the checkout may name programs to run; none of them is needed to compare.
_CALM: Final = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.devnull, "-c", "core.pager=cat")


def since(revision: str, folder: Path) -> tuple[Path, frozenset[Path]]:
    """The top of the checkout around FOLDER, and the files in it that differ from REVISION or are new to git.

    Compared is the work tree, committed or not, with the merge base of REVISION and HEAD. Raises MinilatError E133
    when git is missing, FOLDER is no checkout, or REVISION is none of its revisions.
    """
    if not _REVISION.fullmatch(revision):
        hint = "a branch, a tag or a hash"
        raise MinilatError("E133", f"{revision!r} is not a revision", where="--changed-since", hint=hint)
    top = _git(folder, "rev-parse", "--show-toplevel", why=f"{folder} is not in a git checkout").rstrip("\n")
    commit = _git(
        folder,
        *("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"),
        why=f"git knows no revision {revision!r}",
        hint="fetch it first: CI often fetches one commit only (GitHub: fetch-depth: 0; GitLab: GIT_DEPTH: 0)",
    ).strip()
    base = _git(
        folder,
        *("merge-base", commit, "HEAD"),
        why=f"git finds no common ancestor of {revision!r} and HEAD",
        hint="fetch the history: GitHub fetch-depth: 0; GitLab GIT_DEPTH: 0",
    ).strip()
    options = ("--name-only", "-z", "--no-ext-diff", "--no-textconv", "--no-renames", "--diff-filter=d")
    differing = _git(Path(top), "diff", *options, base, "--", why="git cannot compare")
    untracked = _git(Path(top), "ls-files", "--others", "--exclude-standard", "-z", why="git cannot list new files")
    names = (differing + untracked).split("\0")
    return Path(top).resolve(), frozenset((Path(top) / name).resolve() for name in names if name)


def _git(folder: Path, *words: str, why: str, hint: str = "") -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 (no shell; the one word of the user's has been checked)
            ["git", *_CALM, "-C", str(folder), *words],  # noqa: S607 (git is where the user has it)
            capture_output=True,
            env=kept | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise MinilatError("E133", "git is not installed", where="--changed-since") from None
    except subprocess.TimeoutExpired:
        raise MinilatError("E133", f"git took longer than {SECONDS} s", where="--changed-since") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise MinilatError("E133", why + (f" ({said[0]})" if said else ""), where="--changed-since", hint=hint)
    return os.fsdecode(done.stdout)
