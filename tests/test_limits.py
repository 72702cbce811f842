"""No number binds that nobody keeps."""

from __future__ import annotations

import re

from linli.limits import limits
from linli.paths import SOURCE

ROOMS = ("ivr", "kiosk", "linli", "station", "voices", "tests")
KINDS = {".py", ".conf"}
OWN = {"source"}
"""Of every group: where its numbers come from."""


def test_every_number_is_read_by_a_program_or_held_by_a_test() -> None:
    files = (path for room in ROOMS for path in (SOURCE / room).rglob("*") if path.suffix in KINDS)
    text = "\n".join(path.read_text("utf-8") for path in files)
    names = {name for group in limits().values() for name in group} - OWN
    reads = "(?m)(?:[\"'.@]|^ {4})"  # "name", "group.name", .name, @name@, or a field
    assert [name for name in sorted(names) if not re.search(rf"{reads}{name}\b", text)] == []


def test_no_number_of_the_telephone_hides_another() -> None:
    both = limits()["phone"].keys() & limits()["line"].keys()
    assert both <= OWN  # they are handed to Asterisk's settings as one
