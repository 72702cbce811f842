"""The office's commands, as they are typed, and what they say."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linli.cli import app
from linli.keeping import words
from station import audit
from station.ledger import Ledger
from station.requests import FiledRequest
from station.residents import Resident
from station.settings import SHIPPED
from station.sheets import write


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    """A station of its own."""
    path = tmp_path / "home" / "station.toml"
    path.parent.mkdir()
    shutil.copy(SHIPPED, path)
    return path


def ledger(toml: Path) -> Ledger:
    return Ledger.open(toml.parent / "var" / "ledger.db")


def linli(toml: Path, *given: object, code: int = 0, typed: str | None = None) -> str:
    """Run a command; gives what it says."""
    done = CliRunner().invoke(app, [*map(str, given), "--settings", str(toml)], input=typed)
    assert done.exit_code == code, done.output
    return done.output


def test_a_station_is_saved_looked_at_and_brought_back(toml: Path, tmp_path: Path) -> None:
    with ledger(toml) as opened:
        opened.file(FiledRequest("taxi"))
    saved = tmp_path / "saved"
    told = linli(toml, "backup", saved, "--keep", 2)
    assert "1 件请求" in told
    assert "现在有 1 份备份" in told
    assert "逐字节核对过" in linli(toml, "backup", saved, "--check")
    with ledger(toml) as opened:
        later = opened.file(FiledRequest("meal")).number
    told = linli(toml, "restore", saved, "--aside")
    assert f"备份以后又登记了 1 件请求，只在原来的台账里：{later}" in told
    with ledger(toml) as opened:
        assert [request.intent for request in opened.requests()] == ["taxi"]
    assert "审计记录 1 条" in linli(toml, "audit", "verify")


def test_a_sweep_can_be_tried_first(toml: Path) -> None:
    with ledger(toml) as opened:
        opened.file(FiledRequest("taxi"))
    assert "这次什么也没有删" in linli(toml, "sweep", "--dry-run")
    assert "到期的录音：0" in linli(toml, "sweep")


def test_accounts_are_made_from_the_machine(toml: Path) -> None:
    assert "还没有账号" in linli(toml, "staff", "list")
    assert re.search(r"([2-9A-Z]{4}-){2}[2-9A-Z]{4}（60 分钟内有效", linli(toml, "staff", "first"))
    told = linli(toml, "staff", "add", "zhang", "张伟", "--role", "auditor")
    assert "zhang（张伟）：审计，还没设密码" in told
    assert "当面交给本人" in linli(toml, "staff", "code", "zhang")
    assert "停用" in linli(toml, "staff", "close", "zhang")
    assert "还没设密码" in linli(toml, "staff", "open", "zhang")
    assert "可以再试" in linli(toml, "staff", "unlock", "zhang")
    with ledger(toml) as opened:
        assert {each.by.partition(":")[0] for each in audit.entries(opened.store)} == {
            "shell",
            "linli",
        }


def test_the_audit_is_listed_and_a_change_in_it_is_named(toml: Path) -> None:
    assert "还是空的" in linli(toml, "audit", "verify")
    linli(toml, "staff", "add", "zhang", "张伟")
    linli(toml, "staff", "unlock", "zhang")
    rows = [json.loads(line) for line in linli(toml, "audit", "list", "--json").splitlines()]
    assert [row["what"] for row in rows] == ["staff.added", "staff.unlocked"]
    assert "staff.added" in linli(toml, "audit", "list", "--what", "staff.added")
    with ledger(toml) as opened:
        opened.store.db.execute("DROP TRIGGER audit_never_changes")
        opened.store.db.execute("UPDATE audit SET by = 'nobody' WHERE id = 1")
    assert "从第 1 条起不对：这一条被改过" in linli(toml, "audit", "verify", code=1)


def test_a_register_is_tried_taken_written_and_one_of_it_forgotten(
    toml: Path, tmp_path: Path
) -> None:
    file = tmp_path / "in.xlsx"
    people = [["王秀英", "13812345678", "O"], ["张三", "138", ""], ["李四", "12", ""]]
    write(file, [["姓名", "电话", "血型"], *people])
    told = linli(toml, "residents", "import", file, code=1)
    assert "不认识的列，没有读：血型" in told
    assert "第 4 行　12　电话不对" in told
    assert "能加 2 人，更新 0 人，一样的 0 人，有问题的 1 行" in told
    assert "加上 --apply" in told
    with ledger(toml) as opened:
        assert opened.residents_by_name("王秀英") == ()
    assert "新加 2 人" in linli(toml, "residents", "import", file, "--apply", code=1)
    assert "导出 2 人" in linli(toml, "residents", "export", tmp_path / "out.csv")
    assert "王秀英" in (tmp_path / "out.csv").read_text("utf-8-sig")
    linli(toml, "backup", toml.parent / "var" / "backups")
    told = linli(toml, "residents", "forget", "王秀英", typed="n\n", code=1)
    assert "忘了就找不回来" in told
    told = linli(toml, "residents", "forget", "王秀英", "--yes")
    assert "已经忘掉" in told
    assert "还有 1 份备份里有" in told


def test_somebody_forgotten_stays_forgotten_after_a_restore(toml: Path, tmp_path: Path) -> None:
    with ledger(toml) as opened:
        opened.upsert_resident(Resident("王秀英"))
        opened.upsert_resident(Resident("李大山"))
    linli(toml, "backup", tmp_path / "saved")
    linli(toml, "residents", "forget", "王秀英", "--yes")
    linli(toml, "restore", tmp_path / "saved", "--aside")
    with ledger(toml) as opened:
        assert opened.residents_by_name("王秀英") == ()
        assert len(opened.residents_by_name("李大山")) == 1


def test_every_count_of_a_sweep_and_every_fault_of_the_audit_has_its_words() -> None:
    from linli.sweeping import Sweep, Swept

    assert set(Sweep(Swept(), 0, 0, 0, True).counts) == set(words()["sweep"]["counts"])
    assert set(words()["audit"]["why"]) == {"changed", "missing", "cut_off", "rewritten"}
