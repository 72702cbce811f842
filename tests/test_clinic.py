"""Where the elder is to be seen: department, doctor, hospital."""

from __future__ import annotations

from datetime import datetime

import pytest

from intents.engine import Engine

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
ENGINE = Engine.load()


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        ("doctor", "以前都是赵医生看，赵医生退休了，给我挂孙医生", "孙医生"),
        ("doctor", "以前都是赵医生看，赵医生退休了，现在是孙医生", "孙医生"),
        ("doctor", "我找李主任，王医生也行", "李主任"),
        ("doctor", "赵医生退休了", "赵医生"),
        ("hospital", "上回挂的是中医院，这回我想挂人民医院，看眼睛", "人民医院"),
        ("hospital", "上回挂的是中医院，还是那里", "中医院"),
        ("hospital", "挂个号，平桥区医院", "平桥区医院"),
    ],
)
def test_it_is_who_and_where_is_asked_for_not_who_and_where_it_was(
    slot: str, text: str, value: str
) -> None:
    assert ENGINE.extract(text, NOW, "appointment")[slot] == value


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("后天早头挂县医院", None),
        ("挂个号，明早头去", None),
        ("今早头疼得很，挂个号", "神经内科"),
        ("我头晕，挂个号", "神经内科"),
    ],
)
def test_an_early_hour_is_no_head_that_aches(text: str, department: str | None) -> None:
    assert ENGINE.extract(text, NOW, "appointment").get("department") == department


def test_a_department_that_is_asked_for_by_name_is_not_put_right_by_what_else_is_told() -> None:
    slots = ENGINE.understand("替隔壁张大爷挂个泌尿科，他耳朵聋打不来电话", NOW).first.slots
    assert slots["department"] == "泌尿外科"


def test_a_department_that_is_put_right_at_once_is_the_second() -> None:
    slots = ENGINE.understand("给我挂个内科，不是，是皮肤科，胳膊上起了疙瘩", NOW).first.slots
    assert slots["department"] == "皮肤科"
