"""The station rings itself through Asterisk: what is dead is found, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from house import House, house
from telephone import Line, telephone_line

from ivr.folders import Folders
from linli.selftest_line import line
from linli.wiring import load_engine
from station import own_talks
from station.ledger import Ledger
from station.requests import FiledRequest


@pytest.fixture(scope="module", name="home")
def fixture_home() -> Iterator[House]:
    with house() as home:
        yield home


@pytest.fixture(scope="module", name="voiceless")
def fixture_voiceless() -> Iterator[Line]:
    """Asterisk runs, but nobody takes its calls."""
    with telephone_line() as found:
        yield found


def test_a_call_goes_through_asterisk_is_understood_and_answered_and_leaves_no_trace(
    home: House,
) -> None:
    settings = home.line.settings
    number = home.ledger.file(FiledRequest("meal", {"meal": "lunch"})).number
    before = sorted(settings.data.recordings.rglob("*.ogg"))
    check = line(settings, home.ledger, home.station.engine)
    assert (check.state, check.fix) == ("ok", ""), check.what
    assert [each.number for each in home.ledger.requests()] == [number]
    assert own_talks.heard(home.ledger, home.ledger.now().replace(year=2020)) is None
    assert sorted(settings.data.recordings.rglob("*.ogg")) == before
    assert not list(home.line.folders.missed.iterdir())
    assert home.ledger.store.read("SELECT * FROM callbacks") == []


def test_a_line_whose_voice_is_gone_is_told_and_no_desk_rings(voiceless: Line) -> None:
    with Ledger.open(voiceless.settings.data.ledger) as ledger, voiceless.desk("801") as desk:
        desk.wait_for("registered")
        check = line(voiceless.settings, ledger, load_engine(voiceless.settings))
        assert (check.state, "没有接" in check.what) == ("bad", True)
        assert desk.close()["answered"] is None
    assert not list(Folders(voiceless.settings.phone.folder.absolute()).missed.iterdir())


def test_an_asterisk_that_does_not_run_or_has_old_settings_is_told(voiceless: Line) -> None:
    voiceless.server.stop()
    with Ledger.open(voiceless.settings.data.ledger) as ledger:
        check = line(voiceless.settings, ledger, load_engine(voiceless.settings))
        assert (check.state, "Asterisk" in check.what) == ("bad", True)
        office = voiceless.folders.etc / "office.conf"
        text = office.read_text("utf-8")
        office.write_text(text.replace("[linli-selftest]", "[linli-of-old]"), "utf-8")
        voiceless.server.start()
        check = line(voiceless.settings, ledger, load_engine(voiceless.settings))
        assert (check.state, "linli phone setup" in check.fix) == ("bad", True)
