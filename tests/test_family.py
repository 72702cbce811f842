"""A resident wants their daughter: put through for real, and back when she does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from house import CallerOnLine, House, house
from patience import until

from intents.types import Ask
from linli.family import INTENT, Family, number_of
from linli.paths import MODELS
from linli.phone_sounds import words
from linli.session import Filed, Turn
from linli.switchboard import NoSwitchboard
from station.residents import Contact, Resident
from voices.audio import resample
from voices.kokoro import Kokoro
from voices.types import RATE, Pcm

DAUGHTER = Contact("王芳", "大女儿", ("闺女",), phone="0376-5550602")
SON = Contact("王强", "儿子", phone="0085212345678")
YOUNGER = Contact("王丽", "二女儿", phone="13800000103")


@pytest.mark.parametrize(
    ("wanted", "number"),
    [("大女儿", DAUGHTER.phone), ("闺女", DAUGHTER.phone), ("王芳", DAUGHTER.phone),
     ("儿子", SON.phone), ("女儿", ""), ("孙子", ""), ("", "")],
)  # fmt: skip
def test_who_is_meant_is_found_by_kinship_name_or_word_and_nobody_is_guessed(
    wanted: str, number: str
) -> None:
    assert number_of((DAUGHTER, SON, YOUNGER), wanted) == number


def test_the_only_daughter_is_meant_whichever_she_is() -> None:
    assert number_of((DAUGHTER, SON), "女儿") == DAUGHTER.phone


class Reaching(NoSwitchboard):
    """Reaches everybody in the country."""

    def reaches(self, number: str) -> bool:
        return not number.startswith("00")


def turn(contact: str) -> Turn:
    filed = Filed("1123-001", INTENT, {"contact": contact}, "new")
    return Turn(("好，这就给您拨，请稍等。", "还要办别的事吗？"), Ask("service"), (filed,))


def test_a_promise_to_ring_is_only_spoken_where_it_can_be_kept() -> None:
    family = Family("1.1", Reaching(), Resident("张桂英", contacts=(DAUGHTER, SON)))
    promised = family.told(turn("大女儿"))
    assert (promised.say, promised.ask, family.number) == (
        ("好，这就给您拨，请稍等。",), None, DAUGHTER.phone,
    )  # fmt: skip
    for nobody in ("儿子", "孙子"):  # abroad; not in the register
        told = family.told(turn(nobody))
        assert (told.say[0], family.number) == (f"{nobody}的电话，我这里打不通。", "")
        assert told.ask == Ask("service")
    assert family.told(Turn(("在。",))) == Turn(("在。",))


@pytest.fixture(scope="module", name="home")
def fixture_home() -> Iterator[House]:
    with house() as home:
        (zhang,) = home.ledger.residents_by_name("张桂英")
        home.ledger.upsert_resident(replace(zhang, contacts=(DAUGHTER,)))
        yield home


@cache
def spoken_by_elder() -> Pcm:
    """What an elder says, by a voice that is not Linli's."""
    said = Kokoro(MODELS / "kokoro", voice="zm_yunxia").say("给我大女儿打个电话。")
    return resample(said.pcm, said.rate, RATE)


def asked_for(home: House) -> CallerOnLine:
    """A resident asks for their daughter and agrees."""
    caller = home.caller("04-taxi", extension="101")
    spoken = spoken_by_elder()
    caller.asked("service")
    caller.say(spoken)
    until(lambda: caller.over or caller.call.asks == "confirm" or caller.call.turn.filed)
    if caller.call.asks == "confirm":
        caller.press("1")
    return caller


def test_a_resident_talks_with_their_daughter_and_the_request_is_done(home: House) -> None:
    with home.line.desk("102", answer_after=1, longest=150) as daughter:
        daughter.wait_for("registered")
        caller = asked_for(home)
        daughter.wait_for("answered", 60)
        request = until(
            lambda: [r for r in home.ledger.requests() if (r.intent, r.status) == (INTENT, "done")]
        )[0]
        caller.phone.order("hangup")
        caller.finish()
        daughter.finish()
    assert request.resident_name == "张桂英"
    assert "女儿" in request.slots["contact"]
    assert home.ledger.history(request.number)[-1].note == words()["family"]["through"]


def test_whose_family_does_not_answer_comes_back_and_can_go_on(home: House) -> None:
    before = set(home.phone.lines)
    with home.line.desk("102", longest=150, never_answer=True) as daughter:
        daughter.wait_for("registered")
        caller = asked_for(home)
        daughter.wait_for("incoming", 60)
        until(lambda: caller.call not in home.phone.lines)
        daughter.close()  # her telephone is switched off
        back = until(lambda: [line for line in home.phone.lines - before if line.asks])[0]
        assert back.turn.say == tuple(words()["family"]["nobody"])
        assert back.asks == "service"
        caller.phone.order("hangup")
        caller.finish()
    request = [r for r in home.ledger.requests() if r.intent == INTENT][-1]
    until(lambda: words()["family"]["unanswered"] == home.ledger.history(request.number)[-1].note)
    assert request.is_open
