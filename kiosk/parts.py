"""Parts that screens share: the fixed buttons, what Linli is doing, and rows of tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from .element import Element, Picture
from .geometry import Rect
from .limits import limits
from .sheet import NoRoom, Sheet
from .theme import ALARM, FIXED, PLAIN, SPEAK, TILE, YES
from .view import AGAIN, BACK, EMERGENCY, STAFF, Action, Mode, Now, Photo, Tile
from .words import narrow, words

COATS = {"tile": TILE, "speak": SPEAK, "yes": YES, "alarm": ALARM, "fixed": FIXED}
MODE_ICONS: dict[Mode, str] = {
    "listening": "mic",
    "speaking": "speaker",
    "thinking": "dots",
    "deaf": "finger",
    "quiet": "speaker",
}
TALK = Action("talk")
"""Touching what Linli is doing: be silent, I want to speak."""

_PICTURE_MM = 16.0
"""A picture of this size is large enough; a familiar arrangement is worth more."""
_FACE_MM, _SMALL_FACE_MM = 45.0, 25.0
"""The same where people are to be known by their faces; larger words do not crowd them out."""

_SHORT = 3
"""Characters of a word that is not to be broken."""

_BUTTONS = (("again", AGAIN), ("back", BACK), ("staff", STAFF), ("emergency", EMERGENCY))


def fixed(sheet: Sheet, *, left_handed: bool) -> tuple[list[Element], Rect]:
    """The three fixed buttons and the red one, and the area they leave.

    They stand beside the content on a wide screen (at the hand the elder
    writes with), below it on an upright one.
    """
    glass = sheet.glass
    area = glass.area.inset(sheet.gap)
    labels = [str(words()["fixed"][name]) for name, _ in _BUTTONS]
    if glass.portrait:
        bar_h = glass.px(14) + sheet.height(2, sheet.text, label=True) + 2 * sheet.pad
        bar = Rect(area.x, area.bottom - bar_h, area.w, bar_h)
        rest = Rect(area.x, area.y, area.w, area.h - bar_h - sheet.gap)
        cells = bar.columns(len(_BUTTONS), sheet.gap)
        cells = cells[::-1] if left_handed else cells
    else:
        longest = max(map(len, labels))
        bar_w = longest * sheet.text + 2 * sheet.pad
        x = area.x if left_handed else area.right - bar_w
        cells = Rect(x, area.y, bar_w, area.h).rows(len(_BUTTONS), sheet.gap)
        rest_x = x + bar_w + sheet.gap if left_handed else area.x
        rest = Rect(rest_x, area.y, area.w - bar_w - sheet.gap, area.h)
    made = [
        _fixed_button(sheet, cell, label, name, action)
        for cell, label, (name, action) in zip(cells, labels, _BUTTONS, strict=True)
    ]
    return made, rest


def _fixed_button(sheet: Sheet, cell: Rect, label: str, icon: str, action: Action) -> Element:
    try:
        return _fixed_at(sheet, cell, label, icon, action)
    except NoRoom:  # they are narrow; the content need not be small because of them
        return _fixed_at(Sheet(sheet.glass, 1.0), cell, label, icon, action)


def _fixed_at(sheet: Sheet, cell: Rect, label: str, icon: str, action: Action) -> Element:
    coat = ALARM if action == EMERGENCY else FIXED
    icon = "alarm" if action == EMERGENCY else icon
    fits = len(label) * sheet.text <= cell.w - 2 * sheet.pad
    shown = [label] if fits else narrow(label)
    return sheet.button(cell, shown, sheet.text, coat, action, icon=icon, role="fixed")


def status(sheet: Sheet, now: Now, x: int, y: int, *, times: float = 1.0) -> Element:
    """What Linli is doing: a picture (the ring is painted around it) and a word."""
    word = str(words()["modes"][now.mode])
    width = max(sheet.target, round((3 * sheet.text + sheet.pad) * times))
    side = width - sheet.pad
    rect = Rect(x, y, width, side + sheet.height(1, sheet.text))
    below = Rect(rect.x, rect.y + side, rect.w, sheet.height(1, sheet.text))
    lines = sheet.lines([word], sheet.text, below, PLAIN, centred=True)
    middle = Rect(rect.x, rect.y, rect.w, side).middle(side * 3 // 5, side * 3 // 5)
    return Element(
        "status", rect, PLAIN, lines, Picture(MODE_ICONS[now.mode], middle, PLAIN.ink), TALK
    )


def flat_status(sheet: Sheet, now: Now, area: Rect) -> Element:
    """The same in a row of buttons, where height is scarce."""
    word = str(words()["modes"][now.mode])
    side = min(area.h, sheet.glass.px(20)) * 5 // 8
    picture = Rect(area.x + side // 3, area.y + (area.h - side) // 2, side, side)
    left = picture.right + side // 3 + sheet.pad
    room = Rect(left, area.y, area.right - left, area.h)
    if 3 * sheet.text > room.w:
        raise NoRoom("status")
    top = Rect(room.x, area.y + (area.h - sheet.pitch(sheet.text)) // 2, room.w, room.h)
    lines = sheet.lines([word], sheet.text, top, PLAIN)
    return Element(
        "status", area, PLAIN, lines, Picture(MODE_ICONS[now.mode], picture, PLAIN.ink), TALK
    )


def badge(sheet: Sheet, icon: str, word: str, area: Rect, photo: Photo | None = None) -> Element:
    """A picture with a word, e.g. a tick with 办好了; raises NoRoom."""
    side = min(area.w, area.h - sheet.height(1, sheet.text), sheet.glass.px(45))
    if side < sheet.glass.px(15):
        raise NoRoom("no room for a badge")
    rect = Rect(area.x, area.y, area.w, side + sheet.height(1, sheet.text) * bool(word))
    square = Rect(area.x + (area.w - side) // 2, area.y, side, side).inset(sheet.pad)
    below = Rect(rect.x, rect.y + side, rect.w, sheet.height(1, sheet.text))
    lines = sheet.lines([word] if word else [], sheet.text, below, PLAIN, centred=True)
    return Element("picture", rect, PLAIN, lines, Picture(icon, square, PLAIN.ink, photo))


def heading(
    sheet: Sheet, area: Rect, now: Now, lead: Sequence[str], question: str
) -> tuple[list[Element], Rect]:
    """Linli's state, what was said before, the question, what was heard; and the area left.

    On a wide screen the state stands to the left of the words, on an upright one above them.
    """
    state = status(sheet, now, area.x, area.y)
    made = [state]
    if sheet.glass.portrait:
        column = Rect(area.x, state.rect.bottom + sheet.gap, area.w, area.h)
        beside = Rect(state.rect.right + sheet.gap, area.y, 0, 0)
        heard = Rect(beside.x, area.y, area.right - beside.x, state.rect.h)
        made += _heard(sheet, now, heard, most=2)
    else:
        left = state.rect.right + sheet.gap
        column = Rect(left, area.y, area.right - left, area.h)
    told = list(_told(sheet, column, lead, question))
    below = told[-1].rect.bottom if told else column.y
    if not sheet.glass.portrait and now.heard and sheet.frugal < 2:
        line = Rect(column.x, below, column.w, area.bottom - below)
        told += _heard(sheet, now, line, most=1)
        below = told[-1].rect.bottom
    top = max(below, state.rect.bottom) + sheet.gap
    return [*made, *told], Rect(area.x, top, area.w, area.bottom - top)


def _told(sheet: Sheet, column: Rect, lead: Sequence[str], question: str) -> Iterator[Element]:
    """The sentences before the question, then the question."""
    at = column.y
    em = sheet.text if sheet.frugal >= 2 else sheet.choice
    for sentence in lead:
        made = sheet.words(sentence, em, Rect(column.x, at, column.w, column.bottom - at))
        yield made
        at = made.rect.bottom
    if question:
        told = limits()
        width = min(column.w, round(told.characters_per_line * sheet.question * 1.02))
        area = Rect(column.x, at, width, column.bottom - at)
        yield sheet.words(
            question, sheet.question, area, role="question", bold=True, most=told.lines_per_screen
        )


def _heard(sheet: Sheet, now: Now, area: Rect, *, most: int) -> list[Element]:
    """What was understood last, its end where it is long."""
    if not now.heard:
        return []
    said = str(words()["heard"])
    text = now.heard
    for _ in range(len(text)):
        lines = sheet.wrapped(said.format(text=text), sheet.text, area.w)
        if len(lines) <= most:
            return [sheet.words(said.format(text=text), sheet.text, area)]
        text = "…" + text.lstrip("…")[1:]
    return []


def tiles(sheet: Sheet, area: Rect, made_of: Sequence[Tile]) -> list[Element]:
    """Tiles that fill an area: no short word in two lines, and the pictures as large as can be."""
    best: tuple[tuple[bool, int], list[Element]] | None = None
    people = any(each.note for each in made_of)
    enough = sheet.glass.px(_FACE_MM if people else _PICTURE_MM)
    for columns in _arrangements(len(made_of), upright=area.h > area.w):
        for icon_left in (False, True):
            try:
                found = _grid(sheet, area, made_of, columns, icon_left=icon_left)
            except NoRoom:
                continue
            sizes = [
                shown.picture.rect.w
                for shown, each in zip(found, made_of, strict=True)
                if shown.picture and bool(each.note) == people
            ]
            whole = not any(_torn(*both) for both in zip(found, made_of, strict=True))
            worth = whole, min(min(sizes, default=0), enough)
            if best is None or worth > best[0]:
                best = worth, found
    least = sheet.glass.px(_SMALL_FACE_MM) if people and sheet.generous else 0
    if best is None or best[0][1] < least:
        raise NoRoom("tiles")
    return best[1]


def _torn(shown: Element, made_of: Tile) -> bool:
    """大 / 女儿: a word so short is read at a glance only while it is whole."""
    return len(made_of.label) <= _SHORT and len(shown.lines) > 1 + bool(made_of.note)


def _arrangements(count: int, *, upright: bool) -> list[int]:
    """How many columns may be tried."""
    tried = [2, 1] if upright else [2, count, 1] if count == 4 else [count, 2, 1]
    return list(dict.fromkeys(min(each, count) for each in tried))


def _grid(
    sheet: Sheet, area: Rect, made_of: Sequence[Tile], columns: int, *, icon_left: bool
) -> list[Element]:
    rows = -(-len(made_of) // columns)
    if area.h < rows * sheet.target + (rows - 1) * sheet.gap:
        raise NoRoom("rows of tiles")
    row_h = min((area.h - (rows - 1) * sheet.gap) // rows, sheet.glass.px(130))
    used = Rect(area.x, area.y, area.w, rows * row_h + (rows - 1) * sheet.gap)
    cells = [cell for row in used.rows(rows, sheet.gap) for cell in row.columns(columns, sheet.gap)]
    return [
        tile(sheet, cell, each, icon_left=icon_left)
        for cell, each in zip(cells, made_of, strict=False)
    ]


def tile(
    sheet: Sheet, cell: Rect, made_of: Tile, *, icon_left: bool = False, em: int | None = None
) -> Element:
    """One tile; raises NoRoom when its words do not fit."""
    em = em or sheet.choice
    icon = "" if sheet.frugal >= 1 else made_of.icon
    width = cell.w - 2 * sheet.inset
    if icon and icon_left:
        width -= sheet.picture + sheet.pad
    label = sheet.wrapped(made_of.label, em, width, most=2 if icon else 3)
    coat = COATS[made_of.coat]
    return sheet.button(
        cell, label, em, coat, made_of.action,
        icon=icon, icon_left=icon_left, note=made_of.note, photo=made_of.photo,
    )  # fmt: skip


def lead(sheet: Sheet, said: tuple[str, ...]) -> tuple[str, ...]:
    """What is said before a question, as far as there is room for it."""
    return said if sheet.frugal < 3 else said[-1:] if sheet.frugal < 4 else ()


def badge_with_room(
    sheet: Sheet, icon: str, word: str, area: Rect, photo: Photo | None = None
) -> Iterator[Element]:
    """The picture, if there is one and room for it."""
    if icon:
        with suppress(NoRoom):
            yield badge(sheet, icon, word, area, photo)
