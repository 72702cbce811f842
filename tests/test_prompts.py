"""What Linli says: short, everyday, never only one way, and never in code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from intents.conversation.dialogue import load_dialogues, read
from intents.conversation.prompt_lint import LONGEST, MOST, check, length
from intents.conversation.prompts import (
    Prompts,
    complete,
    fill,
    load_prompts,
    sentences,
    spoken_texts,
    templates,
)
from intents.errors import DataError
from linli.limits import limit

HAN = re.compile(r"[\u4e00-\u9fff]")
PROMPTS = load_prompts()


def test_every_sentence_is_short_plain_and_never_the_only_way() -> None:
    assert check() == []


@pytest.mark.parametrize(
    ("ways", "problem"),
    [
        (("您要去哪里？",), "only one way"),
        (("好。行。可以。", "好。"), "3 sentences"),
        (("您要去哪里？您慢慢说。", "好。"), "not last"),
        (("您要坐的车明天早上到您家门口来接您去人民医院看病好不好？", "好。"), "characters"),
        (("请您输入号码。", "好。"), "输入"),
        (("救护车马上到。", "好。"), "救护车"),
        (("您说错了。", "好。"), "blame"),
        (("明天8点。", "好。"), "digits"),
    ],
)
def test_the_lint_finds_what_an_elder_would_stumble_over(
    ways: tuple[str, ...], problem: str
) -> None:
    assert any(problem in found for found in check(Prompts({"x": ways})))


def test_the_lint_counts_by_the_numbers_that_bind() -> None:
    assert limit("speech.sentence_characters") == LONGEST
    assert limit("speech.prompt_sentences") == MOST


def test_names_and_numbers_do_not_count_as_length() -> None:
    assert length("二十五号，从{origin}到{destination}。") == 3


def test_the_open_question_on_the_phone_is_finished_within_eight_seconds() -> None:
    for way in PROMPTS.variants("greet_phone"):
        pauses = 0.3 * way.count("，") + 0.5 * (len(sentences(way)) - 1)
        spoken_s = len(HAN.findall(way)) / limit("speech.characters_per_s") + pauses
        assert spoken_s <= limit("phone.open_question_s")
        assert way.endswith("？")


def test_the_notice_of_recording_is_short_and_says_how_to_decline() -> None:
    for channel in ("phone", "kiosk"):
        for way in PROMPTS.variants(f"greet_{channel}"):
            notice = sentences(way)[0]
            assert len(HAN.findall(notice)) <= limit("speech.consent_characters")
            assert "不想录" in notice


def test_no_sentence_is_kept_in_code() -> None:
    for room in ("intents", "linli"):
        for path in sorted(Path(room).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    spoken = len(HAN.findall(node.value)) >= 6 and re.search("[。？！]", node.value)
                    assert id(node) in docs or not spoken, f"{path}:{node.lineno}"


def test_an_optional_part_without_its_word_is_left_out() -> None:
    template = "挂{hospital}[{department}][，{doctor}]的号。"
    assert fill(template, {"hospital": "人民医院", "department": "骨科"}) == "挂人民医院骨科的号。"
    assert (
        fill(template, {"hospital": "人民医院", "doctor": "王主任"}) == "挂人民医院，王主任的号。"
    )
    assert not complete(template, {"department": "骨科"})


def test_sentences_keep_their_marks() -> None:
    assert sentences("好的。还要别的吗？") == ("好的。", "还要别的吗？")
    assert sentences("对就说“没问题”，好吗？") == ("对就说“没问题”，好吗？",)


def test_a_prompt_avoids_what_was_just_said() -> None:
    prompts = Prompts({"ask": ("去哪里？", "到哪里？")})
    assert prompts.pick("ask", 0) == ("去哪里？",)
    assert prompts.pick("ask", 0, avoid={"去哪里？"}) == ("到哪里？",)
    assert prompts.pick("ask", 1) == ("到哪里？",)


def test_the_pack_holds_every_fixed_sentence_and_the_pieces_of_the_others() -> None:
    spoken = {text.text: text.kind for text in spoken_texts(["臭豆腐"])}
    for template in templates():
        for sentence in sentences(template):
            if "{" not in sentence and "[" not in sentence:
                assert spoken[sentence] == "sentence"
    assert {"二十四号", "星期二", "上午八点半", "一碗半", "臭豆腐", "骨科"} <= spoken.keys()
    assert sum(kind == "sentence" for kind in spoken.values()) <= 350


@pytest.mark.parametrize("intent", list(load_dialogues()))
def test_what_is_needed_can_be_asked_touched_and_explained(intent: str) -> None:
    dialogue = load_dialogues()[intent]
    assert len(dialogue.reads_back) <= 2
    for slot in dialogue.slots.values():
        if slot.need:
            assert f"{intent}.{slot.name}.asks" in PROMPTS
            assert f"{intent}.{slot.name}.again" in PROMPTS
            assert slot.choices or slot.name in ("date", "contact")


def test_a_broken_dialogue_file_is_named_with_what_to_mend(tmp_path: Path) -> None:
    broken = tmp_path / "taxi.yaml"
    broken.write_text("intent: taxi\nname: [叫车\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"taxi\.yaml:3"):
        read(broken)
    broken.write_text("intent: taxi\ntalk:\n  nmae: 叫车\n", encoding="utf-8")
    with pytest.raises(DataError, match="nmae"):
        read(broken)
