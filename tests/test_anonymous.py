"""Nobody can be told from what is kept of their words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.accounts import Accounts
from station.anonymous import BLANK, Anonymous
from station.ledger import Ledger
from station.residents import Contact, Resident

HAN = st.text(st.sampled_from("去来医院看我要车到的家住明天修灯饭"), max_size=8)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Anonymous:
    with Ledger.open(tmp_path_factory.mktemp("who") / "ledger.db") as ledger:
        ledger.upsert_resident(
            Resident("张桂英", called="张奶奶", address="羊山新区八里棚", phones=("13800000002",),
                     contacts=(Contact("王小芳", "大女儿", nick="毛毛", phone="13800000101"),))
        )  # fmt: skip
        accounts = Accounts(ledger.store)
        accounts.become_first(accounts.first_code(), "lijing", "李静", "rechts-am-brunnen-7")
        return Anonymous.of(ledger.store)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("我叫张桂英要个车", "我叫＊＊要个车"),
        ("张贵英要个车", "＊＊要个车"),  # as a recogniser writes it
        ("桂英在不在", "＊＊在不在"),
        ("给我闺女王小芳打电话", "给我闺女＊＊打电话"),
        ("毛毛回来了", "＊＊回来了"),
        ("让李静来一趟", "让＊＊来一趟"),
        ("我电话138 0000 0002", "我电话＊＊"),
        ("电话幺三八零零零零零零零二", "电话＊＊"),
        ("身份证41152819500101123X", "身份证＊＊"),
        ("我住羊山新区八里棚", "我住＊＊"),
        ("住三号楼二单元五零一室", "住＊＊号楼＊＊单元＊＊室"),
        ("金桂花园的", "＊＊花园的"),
        ("挂陈建国大夫的号", "挂＊＊大夫的号"),
        ("我姓欧的", "我姓＊＊的"),
        ("两点半修灯", "两点半修灯"),
    ],
)
def test_names_numbers_and_homes_are_blanked(blank: Anonymous, said: str, kept: str) -> None:
    assert blank(said) == kept


def test_what_names_somebody_in_this_request_is_blanked_too(blank: Anonymous) -> None:
    assert blank("到彭家湾接老周头", ["彭家湾", "老周头", "接"]) == "到＊＊接＊＊"


NAMES = st.sampled_from(["张桂英", "张奶奶", "王小芳", "李静", "羊山新区八里棚"])
NUMBERS = st.from_regex(r"1[3-9]\d{9}|\d{17}[0-9X]|0\d{3}-\d{7}", fullmatch=True)


@given(st.tuples(HAN, NAMES, HAN, NUMBERS, HAN))
def test_wherever_they_stand_no_name_and_no_number_is_left(
    blank: Anonymous, said: tuple[str, str, str, str, str]
) -> None:
    name = said[1]
    kept = blank("".join(said))
    assert name not in kept
    assert not re.search(r"\d{2}", kept)
    assert BLANK in kept
    assert blank(kept) == kept
