"""What can go wrong with the telephone line: one sentence each, with what to do."""

from __future__ import annotations


class PhoneError(Exception):
    """The line cannot be set up or started; `str()` tells what and what to do."""

    code = "phone"
    """A word for machines."""


class SwitchError(PhoneError):
    """Asterisk did not do what it was asked; the call goes where the dialplan sends it."""

    code = "switch"
