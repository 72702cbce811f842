"""A contact is shown by their photo; whatever cannot be shown gives way to a drawing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from kiosk.words import icon_of, words
from linli.photos import MOST_PIXELS, SIDE, photos_of, read
from station.residents import Contact, Resident

DAUGHTER = Contact("王芳", "大女儿")
ELDER = Resident("张桂英", card="1001", contacts=(DAUGHTER, Contact("王强", "儿子")))


def picture(path: Path, size: tuple[int, int] = (900, 1200), colour: str = "red") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


@pytest.mark.parametrize("name", ["大女儿.jpg", "王芳.png", "大女儿.webp"])
def test_a_photo_is_found_by_relation_or_name(tmp_path: Path, name: str) -> None:
    picture(tmp_path / "1001" / name)
    found = photos_of(tmp_path, ELDER)
    assert list(found) == ["大女儿"]
    assert found["大女儿"].side == SIDE
    assert len(found["大女儿"].rgb) == SIDE * SIDE * 3
    assert found["大女儿"].rgb[0] > 240


def test_nobody_sees_the_family_of_somebody_else(tmp_path: Path) -> None:
    picture(tmp_path / "1001" / "大女儿.jpg")
    assert photos_of(tmp_path, Resident("李", card="1002", contacts=(DAUGHTER,))) == {}
    assert photos_of(tmp_path, Resident("李", contacts=(DAUGHTER,))) == {}
    picture(tmp_path / "大女儿.jpg")
    for card in ("..", ".", "../1001", "1001/"):
        elsewhere = Resident("李", card=card, contacts=(DAUGHTER,))
        assert photos_of(tmp_path / "1001", elsewhere) == {}, card


def test_a_photo_taken_sideways_is_shown_upright(tmp_path: Path) -> None:
    path = tmp_path / "sideways.jpg"
    taken = Image.new("RGB", (1200, 900), "white")
    taken.paste("black", (0, 0, 600, 900))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    taken.save(path, exif=exif)
    photo = read(path)
    assert photo is not None
    assert photo.rgb[SIDE * SIDE // 4 * 3] < 20  # what was left is above
    assert photo.rgb[-1] > 235


def broken(path: Path) -> None:
    whole = picture(path, (300, 300)).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def no_picture(path: Path) -> None:
    path.write_text("this is a letter", "utf-8")


def huge(path: Path) -> None:
    side = int(MOST_PIXELS**0.5) + 1
    Image.new("1", (side, side)).save(path, format="PNG")


def bomb(path: Path) -> None:
    Image.new("1", (20_000, 10_000)).save(path, format="PNG")


@pytest.mark.parametrize("spoil", [broken, no_picture, huge, bomb, Path.touch, Path.mkdir])
def test_what_is_no_photo_gives_way_to_a_drawing(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    folder = tmp_path / "1001"
    folder.mkdir()
    spoil(folder / "大女儿.jpg")
    assert photos_of(tmp_path, ELDER) == {}


@pytest.mark.parametrize(
    ("relation", "icon"),
    [
        ("老伴", "couple"), ("大女儿", "woman"), ("小儿子", "man"), ("孙女", "girl"),
        ("外孙女", "girl"), ("外孙媳妇", "woman"), ("孙女婿", "man"), ("邻居", "neighbour"),
        ("社区医生", "doctor"), ("网格员", "staff"), ("王师傅", "phone"),
    ],
)  # fmt: skip
def test_every_relation_has_a_drawing_of_its_own(relation: str, icon: str) -> None:
    assert icon_of("contact", relation, relation) == icon


def test_every_word_of_kin_that_is_understood_has_a_person_as_its_drawing() -> None:
    import yaml

    from intents.conversation.dialogue import HERE

    told = yaml.safe_load((HERE.parent / "lists" / "kinship.yaml").read_text("utf-8"))["values"]
    assert [kin for kin in told if icon_of("contact", kin, kin) == "phone"] == []
    assert set(words()["icons"]["people"].values()) >= {"couple", "neighbour", "granny"}
