"""Spoken and written numbers."""

from __future__ import annotations

from intents.words.template import DIGITS

_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_PAIRS = {"俩": 2, "仨": 3}
_DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "两": 2,
    "幺": 1,
    **_PAIRS,
}
__all__ = ["DIGITS", "number"]


def number(text: str) -> float | None:
    """The value of a number word (二十五, 一百二, 3, 半, 幺二零); None when it is none."""
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return float(text)
    if text == "半":
        return 0.5
    if text.endswith("半") and (whole := number(text[:-1])) is not None:
        return whole + 0.5
    digits = [_DIGITS.get(char, char) for char in text]
    if len(text) > 1 and all(str(d) in "0123456789" for d in digits):
        return float("".join(map(str, digits)))
    return _spelled(text) if text else None


def _spelled(text: str) -> float | None:
    total, section, digit, last = 0, 0, -1, 1
    for char in text:
        if char in "0123456789":
            digit = max(digit, 0) * 10 + int(char)
        elif char in _DIGITS:
            digit = _DIGITS[char]
        elif char == "万":
            total, section, digit, last = (total + section + max(digit, 0)) * 10000, 0, -1, 10000
        elif char in _UNITS:
            section += (1 if digit < 0 else digit) * _UNITS[char]
            digit, last = -1, _UNITS[char]
        else:
            return None
    if digit > 0 and last >= 100 and "零" not in text:
        digit *= last // 10
    return float(total + section + max(digit, 0))
