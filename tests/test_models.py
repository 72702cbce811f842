"""Adding, mending and choosing recognisers, against a real server on this machine."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from model_shop import NOWHERE, Shop, digest, offer, tarred
from tiny_onnx import tones, write_paraformer

from linli import download, models, recognizers
from linli.download import NoRoom, Patience, Unreachable
from linli.errors import UsageError
from linli.paths import SETTINGS
from linli.receipt import NAME as RECEIPT
from linli.recognizers import ModelProblem, Recogniser
from voices.sherpa import Sherpa


@pytest.mark.usefixtures("offered")
class TestAdd:
    """`linli models add`."""

    def test_a_recogniser_is_fetched_checked_and_hears(self, root: Path) -> None:
        folder = models.add("sensevoice", root)
        ears = models.open_recognizer("sensevoice", root)
        assert isinstance(ears, Sherpa)
        assert (ears.name, ears.directory) == ("sensevoice", folder)
        assert ears.read(tones("去医院")).text == "去医院"
        assert sorted(path.name for path in root.iterdir()) == ["sensevoice"]

    def test_published_hashes_are_trusted_and_it_is_said_so(self, root: Path) -> None:
        models.add("sensevoice", root)
        (standing,) = [one for one in models.installed(root) if one.name == "sensevoice"]
        assert (standing.state, standing.trust) == ("ready", "pinned")

    def test_one_that_is_whole_is_not_fetched_again(self, root: Path, shop: Shop) -> None:
        models.add("sensevoice", root)
        models.add("sensevoice", root)
        assert len(shop.asked) == 1

    def test_a_break_leaves_what_was_there_and_the_next_run_goes_on(
        self, root: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(download.Patience, "__init__", _hurried)
        (root / "sensevoice").mkdir(parents=True)
        (root / "sensevoice" / "old").write_text("an older model")
        shop.breaks_after = [500, 0, 0, 0]
        with pytest.raises(Unreachable, match=r"broken off|Connection|Incomplete"):
            models.add("sensevoice", root)
        assert (root / "sensevoice" / "old").read_text() == "an older model"
        shop.breaks_after.clear()
        models.add("sensevoice", root)
        assert shop.asked[-1] == "bytes=500-"
        assert not (root / "sensevoice" / "old").exists()

    def test_without_a_network_it_is_told_what_to_do_by_hand(
        self, root: Path, offered: Recogniser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(download.Patience, "__init__", _hurried)
        offer(monkeypatch, offered, addresses=(f"{NOWHERE}sense.tar.bz2",))
        with pytest.raises(Unreachable) as caught:
            models.add("sensevoice", root)
        told = str(caught.value)
        assert f"{NOWHERE}sense.tar.bz2 could not be fetched" in told
        assert "USB stick" in told
        assert "linli models add sensevoice --from /path/sense.tar.bz2" in told
        assert f"{root / 'sensevoice'} and run `linli models use sensevoice`" in told
        assert list(root.glob("*")) == [] or [p.name for p in root.iterdir()] == [".download"]

    def test_an_archive_from_a_stick_is_checked_the_same(
        self, root: Path, shop: Shop, tmp_path: Path
    ) -> None:
        stick = tmp_path / "stick.tar.bz2"
        stick.write_bytes(shop.files["sense.tar.bz2"])
        models.add("sensevoice", root, source=str(stick))
        assert shop.asked == []
        assert models.open_recognizer("sensevoice", root).name == "sensevoice"

    def test_another_model_on_the_stick_is_refused(self, root: Path, tmp_path: Path) -> None:
        stick = tmp_path / "stick.tar.bz2"
        stick.write_bytes(tarred(write_paraformer(tmp_path / "other")))
        with pytest.raises(ModelProblem, match="did not arrive as it must be"):
            models.add("sensevoice", root, source=str(stick))
        assert not (root / "sensevoice").exists()

    def test_a_mirror_may_stand_in_for_the_official_address(
        self, root: Path, shop: Shop, offered: Recogniser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        offer(monkeypatch, offered, addresses=(f"{NOWHERE}sense.tar.bz2",))
        models.add("sensevoice", root, source=f"{shop.address}sense.tar.bz2")
        assert models.open_recognizer("sensevoice", root).name == "sensevoice"

    def test_a_stick_that_is_not_there_is_told(self, root: Path) -> None:
        with pytest.raises(UsageError, match="no such file or folder"):
            models.add("sensevoice", root, source="/media/nothing.tar.bz2")

    def test_a_disk_too_full_is_told_before_the_download(
        self, root: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usage = shutil.disk_usage(root.parent)._replace(free=1_000_000)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
        with pytest.raises(NoRoom):
            models.add("sensevoice", root)
        assert shop.asked == []


def _hurried(self: Patience) -> None:
    for name, value in (("tries", 2), ("tries_begun", 3), ("wait", 0.0)):
        object.__setattr__(self, name, value)


class TestTrustOnFirstUse:
    """Where no hash is published, the first download is what the files must stay."""

    @pytest.fixture
    def unpinned(self, offered: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
        entry = offered.model_copy(
            update={"files": {name: recognizers.Pinned() for name in offered.files}}
        )
        offer(monkeypatch, entry, size=None, sha256=None)

    @pytest.mark.usefixtures("unpinned")
    def test_the_first_download_is_measured_and_it_is_said_so(self, root: Path) -> None:
        folder = models.add("sensevoice", root)
        (standing,) = [one for one in models.installed(root) if one.name == "sensevoice"]
        assert standing.trust == "first_use"
        assert digest((folder / "tokens.txt").read_bytes()) in (folder / RECEIPT).read_text()

    @pytest.mark.usefixtures("unpinned")
    def test_a_file_that_changed_since_is_found_without_being_asked_to_read_deeply(
        self, root: Path
    ) -> None:
        folder = models.add("sensevoice", root)
        tokens = folder / "tokens.txt"
        tokens.write_text(tokens.read_text("utf-8").replace("送", "宋"), "utf-8")
        with pytest.raises(ModelProblem, match=r"tokens\.txt: must be .*models repair sensevoice"):
            models.open_recognizer("sensevoice", root)

    @pytest.mark.usefixtures("unpinned")
    def test_a_folder_copied_by_hand_is_measured_when_it_is_first_used(
        self, root: Path, tiny: Path, tmp_path: Path
    ) -> None:
        shutil.copytree(tiny, root / "sensevoice")
        models.use("sensevoice", tmp_path / "station.toml", root)
        assert (root / "sensevoice" / RECEIPT).exists()


@pytest.mark.usefixtures("offered")
class TestRepair:
    """`linli models repair`."""

    def test_a_damaged_file_is_named_and_fetched_again(self, root: Path) -> None:
        folder = models.add("sensevoice", root)
        model = folder / "model.int8.onnx"
        raw = bytearray(model.read_bytes())
        raw[9_000] ^= 1
        model.write_bytes(raw)
        (wrong,) = models.repair("sensevoice", root)
        assert wrong.path == model
        assert models.repair("sensevoice", root) == []

    def test_a_file_with_the_old_time_stamp_is_found_when_every_byte_is_read(
        self, root: Path
    ) -> None:
        import os

        folder = models.add("sensevoice", root)
        tokens = folder / "tokens.txt"
        stamp = tokens.stat().st_mtime_ns
        tokens.write_bytes(tokens.read_bytes().replace(b"blank", b"blink"))
        os.utime(tokens, ns=(stamp, stamp))
        shown = {one.name: one.state for one in models.installed(root)}
        assert shown["sensevoice"] == "ready"
        shown = {one.name: one.state for one in models.installed(root, deep=True)}
        assert shown["sensevoice"] == "damaged"
        assert [fault.path for fault in models.repair("sensevoice", root)] == [tokens]

    def test_what_is_whole_is_left_alone(self, root: Path, shop: Shop) -> None:
        models.add("sensevoice", root)
        assert models.repair("sensevoice", root) == []
        assert len(shop.asked) == 1


@pytest.mark.usefixtures("offered")
class TestUse:
    """`linli models use`: one line of station.toml."""

    SHIPPED = SETTINGS.parent / "assets" / "station.toml"

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            pytest.param("", '[speech]\nrecognizer = "sensevoice"\n', id="no settings yet"),
            pytest.param(
                '[speech]\nrecognizer = "whisper"  # 耳朵\nvoice = "x"\n\n'
                '[data]\nrecognizer = "no"\n',
                '[speech]\nrecognizer = "sensevoice"  # 耳朵\nvoice = "x"\n\n'
                '[data]\nrecognizer = "no"\n',
                id="the line and no other",
            ),
            pytest.param(
                "[speech]\nvoice = 'x'\n[data]\na = 1\n",
                "[speech]\nrecognizer = \"sensevoice\"\nvoice = 'x'\n[data]\na = 1\n",
                id="the section without the line",
            ),
            pytest.param(
                "[station]\nname = 'y'",
                "[station]\nname = 'y'\n\n[speech]\nrecognizer = \"sensevoice\"\n",
                id="no such section",
            ),
            pytest.param(
                "[speech]", '[speech]\nrecognizer = "sensevoice"\n', id="a section and no more"
            ),
            pytest.param(
                "[speech]\n# recognizer = 'old'\nrecognizer='whisper'\n",
                "[speech]\n# recognizer = 'old'\nrecognizer=\"sensevoice\"\n",
                id="another way to write it",
            ),
        ],
    )
    def test_one_line_changes_and_nothing_else(
        self, root: Path, tmp_path: Path, before: str, after: str
    ) -> None:
        models.add("sensevoice", root)
        settings = tmp_path / "station.toml"
        if before:
            settings.write_text(before, "utf-8")
        models.use("sensevoice", settings, root)
        assert settings.read_text("utf-8") == after
        assert models.used(settings) == "sensevoice"

    def test_the_shipped_settings_keep_every_comment(self, root: Path, tmp_path: Path) -> None:
        models.add("sensevoice", root)
        settings = tmp_path / "station.toml"
        shutil.copy(self.SHIPPED, settings)
        models.use("sensevoice", settings, root)
        old, new = (path.read_text("utf-8").splitlines() for path in (self.SHIPPED, settings))
        changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
        assert len(changed) == 1
        assert tomllib.loads("\n".join(new))["speech"]["recognizer"] == "sensevoice"

    def test_settings_that_are_no_toml_are_named_and_left_alone(
        self, root: Path, tmp_path: Path
    ) -> None:
        models.add("sensevoice", root)
        settings = tmp_path / "station.toml"
        settings.write_text("[speech\n", "utf-8")
        with pytest.raises(UsageError, match=re.escape(str(settings))):
            models.use("sensevoice", settings, root)
        assert settings.read_text("utf-8") == "[speech\n"

    def test_one_that_is_not_installed_is_told_with_its_command(
        self, root: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(ModelProblem, match="not installed; run `linli models add sensevoice`"):
            models.use("sensevoice", tmp_path / "station.toml", root)

    def test_one_that_knows_no_chinese_is_refused(self, root: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="does not understand Chinese"):
            models.use("vosk-ko", tmp_path / "station.toml", root)

    def test_the_one_in_use_is_not_removed(self, root: Path, tmp_path: Path) -> None:
        settings = tmp_path / "station.toml"
        models.add("sensevoice", root)
        models.use("sensevoice", settings, root)
        with pytest.raises(UsageError, match="is in use"):
            models.remove("sensevoice", settings, root)
        settings.write_text('[speech]\nrecognizer = "whisper"\n', "utf-8")
        models.remove("sensevoice", settings, root)
        assert list(root.iterdir()) == []

    def test_what_belongs_to_linli_is_not_removed(self, root: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="belongs to Linli"):
            models.remove("whisper", tmp_path / "station.toml", root)


class TestOpen:
    """The factory that everything else calls."""

    def test_what_is_not_installed_is_told_with_its_command(self, root: Path) -> None:
        with pytest.raises(ModelProblem, match="run `linli models add paraformer`"):
            models.open_recognizer("paraformer", root)

    def test_the_embedded_one_is_mended_by_set_up(self, root: Path) -> None:
        with pytest.raises(ModelProblem, match="run `scripts/setup`"):
            models.open_recognizer("whisper", root)

    @pytest.mark.parametrize("name", ["whisper", "vosk-ko"])
    def test_what_set_up_brings_is_open_at_once(self, name: str) -> None:
        assert models.open_recognizer(name).name == name
