"""Templates: what they match, where they are anchored, which wordings they can produce."""

from __future__ import annotations

import re

import pytest

from intents.errors import TemplateError
from intents.words.matcher import Matcher, longest
from intents.words.template import anchors, parse, pattern, phrases


@pytest.mark.parametrize(
    ("template", "text", "found"),
    [
        ("挂[个]号", "我要挂号", "挂号"),
        ("挂[个]号", "我要挂个号", "挂个号"),
        ("(叫|打)~车", "叫一辆车", "叫一辆车"),
        ("灯*不亮", "灯，它不亮", "灯，它不亮"),
        ("灯!(笼)", "灯笼", None),
        ("^取消$", "取消", "取消"),
        ("^取消$", "取消了", None),
        ("#块", "八十六块", "八十六块"),
        ("<who>来", "师傅来", "师傅来"),
    ],
)
def test_it_matches(template: str, text: str, found: str | None) -> None:
    match = re.search(pattern(parse(template, {"who": "(师傅|电工)"})), text)
    assert (match.group() if match else None) == found


def test_one_of_its_anchors_is_in_every_text_it_matches() -> None:
    assert anchors(parse("[我](挂号|看病)*号")) == frozenset({"挂号", "看病"})
    assert anchors(parse("*[一]")) is None


def test_its_wordings_are_cut_at_gaps() -> None:
    assert phrases(parse("(挂|约)个号*明天")) == {"挂个号", "约个号", "明天"}


@pytest.mark.parametrize("template", ["(挂号", "挂号)", "[一", "<nobody>来", "挂!号", "a>b"])
def test_a_mistake_says_where_it_is(template: str) -> None:
    with pytest.raises(TemplateError, match="character"):
        parse(template)


def test_the_longest_of_overlapping_hits_is_kept() -> None:
    matcher: Matcher[str] = Matcher()
    for word in ("排骨", "冬瓜排骨汤", "米饭"):
        matcher.add(parse(word), word)
    assert [hit.payload for hit in longest(matcher.find("冬瓜排骨汤和米饭"))] == [
        "冬瓜排骨汤",
        "米饭",
    ]
