"""What was approved is measured, applied, checked and taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from intents.engine import Engine
from intents.understanding.taught import Lesson, read_lessons
from linli import learn
from linli.bench.intents import NOW
from linli.cli import app
from linli.learn_effect import ALARM, Case, NoRegression, cases, effect, holds
from linli.learn_review import checked
from linli.taught import folder_of
from linli.understand import answer
from station import audit, lessons
from station.ledger import Ledger
from station.settings import Settings

ENGINE = Engine.load()
LAMP, LEG = "床头那盏灯又闹脾气了来个人", "我这条腿遇着阴天就跟拖着磨盘一样"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shipped = Settings.load(None, base=tmp_path)
    return shipped.model_copy(
        update={"data": shipped.data.model_copy(update={"ledger": tmp_path / "var" / "ledger.db"})}
    )


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    with Ledger.open(settings.data.ledger) as opened:
        yield opened


def told(uid: str, text: str, intent: str, **slots: Any) -> dict[str, Any]:
    corrected = {"intent": intent, "slots": slots}
    return {"uid": uid, "text": text, "understood": {"intent": "taxi"}, "corrected": corrected}


def approved(ledger: Ledger, *entries: dict[str, Any]) -> None:
    lessons.bring(ledger, entries, by="lijing")
    for each in lessons.lessons(ledger.store, "new"):
        lessons.approve(ledger, each.id, by="wangfang")


def apply(
    settings: Settings, ledger: Ledger, *rows: Case, **options: Any
) -> tuple[learn.Plan | None, list[str]]:
    said: list[str] = []
    engine = ENGINE.taught(read_lessons(folder_of(settings)))
    made = learn.apply(settings, ledger, engine, rows, by="w", tell=said.append, **options)
    return made, said


def state(settings: Settings) -> dict[str, bytes] | None:
    folder = folder_of(settings)
    return {p.name: p.read_bytes() for p in folder.iterdir()} if folder.exists() else None


def test_what_is_applied_is_understood_and_taken_back_to_the_last_byte(
    settings: Settings, ledger: Ledger
) -> None:
    before = state(settings)
    approved(ledger, told("a" * 32, LEG, "appointment", department="骨科"))
    made, said = apply(
        settings, ledger, Case("x:1", "挂个骨科", "appointment", {"department": "骨科"})
    )
    assert made is not None
    assert (len(made.new), made.already, made.left) == (1, 0, ())
    assert "学会了 1 句" in said[-1]
    (known,) = read_lessons(folder_of(settings))
    assert ENGINE.taught([known]).understand(LEG, NOW).first.name == "appointment"
    first = state(settings)
    approved(ledger, told("b" * 32, LAMP, "housekeeping", service="修灯"))
    apply(settings, ledger)
    assert sorted(state(settings) or {}) == ["0001.yaml", "0002.yaml"]
    assert learn.undo(settings, ledger, by="w", tell=said.append)
    assert "上一次学的 1 句" in said[-1]
    assert state(settings) == first
    assert learn.undo(settings, ledger, by="w", tell=said.append)
    assert state(settings) == before
    assert not learn.undo(settings, ledger, by="w", tell=said.append)
    done = [each.what for each in audit.entries(ledger.store, limit=99)]
    assert [done.count(f"lessons.{what}") for what in ("applied", "undone")] == [2, 2]


def test_nothing_is_applied_twice_or_without_a_supervisor(
    settings: Settings, ledger: Ledger
) -> None:
    lessons.bring(ledger, [told("a" * 32, LEG, "appointment")], by="lijing")
    assert apply(settings, ledger)[0] is None
    lessons.approve(ledger, 1, by="wangfang")
    assert apply(settings, ledger)[0] is not None
    assert apply(settings, ledger)[0] is None


def test_what_breaks_more_than_it_mends_is_confirmed_one_by_one(
    settings: Settings, ledger: Ledger
) -> None:
    words = "叫个车去火车站接我老伴"
    approved(ledger, told("a" * 32, words, "companionship"))
    rows = [Case(f"dev:{n}", words + end, "taxi", loose=True) for n, end in enumerate("啊嘛哦")]
    with pytest.raises(learn.Refused, match="--confirm dev:0 --confirm dev:1 --confirm dev:2"):
        apply(settings, ledger, *rows)
    with pytest.raises(learn.Refused, match=r"--confirm dev:2$"):
        apply(settings, ledger, *rows, confirm=["dev:0", "dev:1"])
    assert state(settings) is None
    made, said = apply(settings, ledger, *rows, confirm=["dev:0", "dev:1", "dev:2"])
    assert made is not None
    assert any("改坏　dev:1" in line and "taxi" in line for line in said)
    assert state(settings) is not None


@pytest.mark.parametrize("entry", [told("a" * 32, "门口来了个卖红薯的", ALARM, kind="crime")])
def test_a_false_alarm_is_never_confirmed(
    settings: Settings, ledger: Ledger, entry: dict[str, Any]
) -> None:
    approved(ledger, entry)
    lessons.approve(ledger, 1, by="zhaolei")
    rows = [Case("chat:7", "门口来了个卖红薯的哟", "out_of_scope", loose=True)]
    with pytest.raises(learn.Refused, match="多拉警报"):
        apply(settings, ledger, *rows, confirm=["chat:7"])
    assert state(settings) is None


def test_an_emergency_that_would_be_lost_is_counted() -> None:
    cry = Lesson("a" * 32, LEG, ALARM, {"kind": "fall"}, alarm=True)
    found = effect(ENGINE.taught([cry]), ENGINE, [Case("alarms:1", LEG, ALARM, loose=True)])
    assert ([each.case.id for each in found.lost], found.false) == (["alarms:1"], ())
    assert len(found.broken) == 1


def test_what_cannot_be_taught_is_left_out_and_told_why(settings: Settings, ledger: Ledger) -> None:
    approved(
        ledger,
        told("a" * 32, "快来人，我摔倒了爬不起来", "taxi"),
        told("b" * 32, LEG, "appointment", department="骨科"),
        told("c" * 32, LEG, "medicine"),
        told("d" * 32, "那个嘛", "taxi"),
    )
    made, said = apply(settings, ledger, dry=True)
    assert made is not None
    why = [reason for _, reason in made.left]
    assert [each.uid for each in made.new] == ["b" * 32]
    assert ["警报" in why[0], LEG in why[1], "太短" in why[2]] == [True] * 3
    assert "这次只试" in said[-1]
    assert state(settings) is None


def test_an_earlier_lesson_that_a_new_one_overrides_is_told(
    settings: Settings, ledger: Ledger
) -> None:
    approved(ledger, told("a" * 32, LEG, "medicine"))
    apply(settings, ledger)
    now = ENGINE.taught(read_lessons(folder_of(settings)))
    other = LEG + "了"
    approved(ledger, told("b" * 32, other, "appointment"))
    made = learn.plan(now, learn.waiting(settings, ledger), [])
    assert (len(made.new), made.broken) == (1, ())
    assert holds(now.taught((*now.lessons, *made.new)), made.new[0])


def test_every_applied_lesson_is_checked_ever_after(settings: Settings, ledger: Ledger) -> None:
    assert checked(settings, ENGINE) == (["还没有学过什么。"], True)
    approved(ledger, told("a" * 32, "我家＊＊的药吃完了给送点", "medicine", action="deliver"))
    apply(settings, ledger)
    taught = ENGINE.taught(read_lessons(folder_of(settings)))
    assert checked(settings, taught) == (["学过的 1 句都还听得懂。"], True)
    file = folder_of(settings) / "0001.yaml"
    file.write_text(file.read_text("utf-8").replace("deliver", "ask"), "utf-8")
    lines, good = checked(settings, taught)
    assert (good, len(lines)) == (False, 1)
    assert "第 0001 次学的" in lines[0]


def test_the_shipped_sets_are_what_lessons_are_measured_on(tmp_path: Path) -> None:
    every = list(cases())
    sets = {case.id.partition(":")[0] for case in every}
    assert sets == {"development", "our-own", "our-later", "once-blind", "alarms", "chat", "talk"}
    assert len({case.id for case in every}) == len(every) > 5000
    with pytest.raises(NoRegression, match="restore the sources"):
        list(cases(tmp_path))


def test_lessons_go_to_another_station_without_who_and_whose(
    ledger: Ledger, tmp_path: Path
) -> None:
    approved(ledger, told("a" * 32, LEG, "appointment", department="骨科"))
    assert learn.export(ledger, tmp_path / "lessons.jsonl") == 1
    (row,) = map(json.loads, (tmp_path / "lessons.jsonl").read_text("utf-8").splitlines())
    assert set(row) == {"uid", "text", "alternatives", "asked", "understood", "corrected"}
    with Ledger.open(tmp_path / "other.db") as other:
        assert lessons.bring(other, [row], by="shell") == 1
        assert lessons.lessons(other.store)[0].status == "new"


def test_what_was_taught_is_explained(settings: Settings, ledger: Ledger) -> None:
    approved(ledger, told("a" * 32, LEG, "appointment", department="骨科"))
    apply(settings, ledger)
    taught = ENGINE.taught(read_lessons(folder_of(settings)))
    line = json.dumps({"id": "1", "text": "俺" + LEG[1:], "now": "2026-11-23T09:00:00+08:00"})
    found = answer(line, taught, explain=True)
    assert (found["intent"], found["slots"]) == ("appointment", {"department": "骨科"})
    assert found["why"][0].startswith("taught by aaaaaaaa: " + LEG)


def test_the_commands_lead_a_lesson_from_another_station_to_what_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "station.toml"
    shipped = Path(__file__).parents[1] / "assets" / "station.toml"
    file.write_text(shipped.read_text("utf-8"), "utf-8")
    given = tmp_path / "lessons.jsonl"
    given.write_text(json.dumps(told("a" * 32, LEG, "medicine")), "utf-8")
    monkeypatch.setattr(
        "linli.learn_effect.cases", lambda: [Case("x:1", LEG, "medicine", loose=True)]
    )

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["learn", *words, "--settings", str(file)])
        return done.exit_code, done.output

    assert run("import", str(given)) == (0, "收进来 1 句新的，等主管看。\n")
    assert LEG in run("review")[1]
    assert "同意了" in run("review", "--approve", "1")[1]
    assert "这次只试" in run("apply", "--dry-run")[1]
    assert "改好 1 句" in run("apply")[1]
    assert "已经学会" in run("review", "--all")[1]
    assert run("check") == (0, "学过的 1 句都还听得懂。\n")
    assert "写好了 1 句" in run("export", str(tmp_path / "out.jsonl"))[1]
    assert run("undo")[0] == 0
    assert run("undo")[0] == 1
    assert run("import", str(tmp_path / "none"))[0] == 1
