"""`linli lint`: says what is wrong with the sentences it hears and speaks, with file and line."""

from __future__ import annotations

import sys

from intents.conversation import prompt_lint
from intents.lint import check


def main() -> int:
    """Print every problem; 0 when there is none."""
    problems = [*check(), *prompt_lint.check()]
    for problem in problems:
        sys.stdout.write(problem + "\n")
    sys.stdout.write(f"{len(problems)} problem(s)\n")
    return 1 if problems else 0
