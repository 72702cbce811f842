"""`linli lint`: says what is wrong with the sentence data, with file and line."""

from __future__ import annotations

import sys

from intents.lint import check


def main() -> int:
    """Print every problem; 0 when there is none."""
    problems = check()
    for problem in problems:
        sys.stdout.write(problem + "\n")
    sys.stdout.write(f"{len(problems)} problem(s)\n")
    return 1 if problems else 0
