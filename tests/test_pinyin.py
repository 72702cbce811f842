"""What sounds alike, by region, and what is put right because of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import intents
from intents.engine import Engine
from intents.errors import DataError
from intents.words.pinyin import Accent, sound

HOME = Path(intents.__file__).parent


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("流奶", "牛奶"),
        ("飞锅肉", "回锅肉"),
        ("发卷", "花卷"),
        ("鹅子", "儿子"),
        ("十点", "四点"),
        ("星内科", "心内科"),
    ],
)
def test_what_an_accent_confuses_sounds_the_same(heard: str, meant: str) -> None:
    assert sound(heard) == sound(meant)


def test_what_nobody_confuses_sounds_different() -> None:
    assert sound("骨科") != sound("眼科")


def test_regions_differ_in_what_they_confuse() -> None:
    bazhong, northern = (Accent.load(HOME / "accents.yaml", r) for r in ("bazhong", "northern"))
    assert bazhong.distance("lai", "nai") < northern.distance("lai", "nai")
    assert bazhong.distance("nai", "nai") == 0
    assert bazhong.distance("nai", "gou") == 1


def test_an_unknown_region_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DataError, match="xinyang"):
        Engine.load(region="atlantis")


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("我想瓜个古科的号", "我想挂个骨科的号"),
        ("来一份飞锅肉", "来一份回锅肉"),
        ("家里登不亮了", "家里灯不亮了"),
        ("阿托发他丁没了", "阿托伐他汀没了"),
        ("挂那颗号", "挂内科号"),
    ],
)
def test_a_mishearing_is_put_right(heard: str, meant: str) -> None:
    read = Engine.load()._knowledge.reader(heard)
    assert read.text == meant
    assert read.repairs


@pytest.mark.parametrize(
    "text", ["后天中午订两份饺子", "楼上太吵死人", "小刘在不在", "我腰痛得遭不住", "叫车去银行"]
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert Engine.load()._knowledge.reader(text).repairs == ()
