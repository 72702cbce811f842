"""What can be wrong with the intent room's data."""

from __future__ import annotations

from pathlib import Path


class IntentError(Exception):
    """Something in the intent room is not as it must be; `code` is for machines."""

    code = "intent"


class DataError(IntentError):
    """A data file says something that cannot be used: where, what, and what to do."""

    code = "data"

    def __init__(self, path: Path, line: int, problem: str, remedy: str = "") -> None:
        self.path, self.line, self.problem, self.remedy = path, line, problem, remedy
        super().__init__(f"{path}:{line}: {problem}" + (f"; {remedy}" if remedy else ""))


class TemplateError(IntentError):
    """A template cannot be parsed; carries the offset, the loader adds file and line."""

    code = "template"

    def __init__(self, template: str, at: int, problem: str) -> None:
        self.template, self.at, self.problem = template, at, problem
        super().__init__(f"template {template!r}, character {at + 1}: {problem}")
