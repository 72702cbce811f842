"""Vosk's own downloader."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import vosk
from model_shop import NOWHERE, Shop

from linli import models
from linli.download import Unreachable, WrongFile
from linli.recognizers import ModelProblem


class TestVosk:
    """`linli models add vosk-cn`, through vosk's own downloader."""

    NAME = "vosk-model-small-cn-0.22"

    @pytest.fixture(autouse=True)
    def official(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(vosk, "MODEL_PRE_URL", shop.address)

    def zipped(self, *parts: str) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for part in parts:
                archive.writestr(f"{self.NAME}/{part}", f"what is in {part}")
        return buffer.getvalue()

    PARTS = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/Gr.fst")

    def test_the_model_is_fetched_unpacked_and_measured(
        self, shop: Shop, root: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        shop.files[f"{self.NAME}.zip"] = self.zipped(*self.PARTS)
        told: list[tuple[str, int, int]] = []
        folder = models.add("vosk-cn", root, lambda *one: told.append(one))
        assert folder == root / "vosk-cn"
        assert (folder / "graph/Gr.fst").read_text() == "what is in graph/Gr.fst"
        assert told[-1] == (self.NAME, len(shop.files[f"{self.NAME}.zip"]), told[-1][2])
        (standing,) = [one for one in models.installed(root) if one.name == "vosk-cn"]
        assert (standing.state, standing.trust) == ("ready", "first_use")
        assert [path.name for path in root.iterdir()] == ["vosk-cn"]
        assert "%" not in capfd.readouterr().err

    def test_without_a_network_it_is_told_what_to_do_by_hand(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(vosk, "MODEL_PRE_URL", NOWHERE)
        with pytest.raises(Unreachable) as caught:
            models.add("vosk-cn", root)
        told = str(caught.value)
        assert f"{NOWHERE}{self.NAME}.zip could not be reached" in told
        assert "USB stick" in told
        assert f"{root / 'vosk-cn'} and run `linli models use vosk-cn`" in told
        assert list(root.iterdir()) == []

    def test_an_archive_with_something_missing_is_not_installed(
        self, shop: Shop, root: Path
    ) -> None:
        shop.files[f"{self.NAME}.zip"] = self.zipped("am/final.mdl")
        with pytest.raises(ModelProblem, match=r"did not arrive as it must be: .*mfcc\.conf"):
            models.add("vosk-cn", root)
        assert list(root.iterdir()) == []

    def test_a_page_instead_of_a_model_is_told(self, shop: Shop, root: Path) -> None:
        shop.files[f"{self.NAME}.zip"] = b"<html>please log in</html>"
        with pytest.raises(WrongFile, match="no Vosk model"):
            models.add("vosk-cn", root)

    def test_a_broken_line_is_told_and_leaves_nothing(self, shop: Shop, root: Path) -> None:
        shop.files[f"{self.NAME}.zip"] = self.zipped(*self.PARTS)
        shop.breaks_after = [100]
        with pytest.raises(Unreachable):
            models.add("vosk-cn", root)
        assert list(root.iterdir()) == []

    def test_a_folder_from_a_stick_is_copied(self, root: Path, tmp_path: Path) -> None:
        stick = tmp_path / "stick"
        for part in self.PARTS:
            (stick / part).parent.mkdir(parents=True, exist_ok=True)
            (stick / part).write_text("x")
        assert models.add("vosk-cn", root, source=str(stick)) == root / "vosk-cn"
        assert (root / "vosk-cn" / "am/final.mdl").read_text() == "x"
