"""The builder: renders what is new, cuts words out of sentences, keeps the rest as it is."""

from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from linli.pack_command import run
from linli.pack_texts import Wanted, wanted
from linli.packing import (
    MAKER,
    PACK,
    Builder,
    build,
    carriers,
    compare,
    name_of,
    recipe,
    row_of,
)
from linli.paths import MODELS
from voices.kokoro import Kokoro
from voices.pack import MANIFEST, Entry, Pack, bare, read_manifest
from voices.shape import LEVEL, PEAK, voiced

QUESTION = Wanted("好的，您要哪一样？", "sentence")
DISH = Wanted("面条", "word")
DEPARTMENT = Wanted("内科", "word")
FROM = Wanted("从", "fragment", "从，家里，出发。")


@pytest.fixture(scope="module")
def kokoro() -> Kokoro:
    return Kokoro(MODELS / "kokoro")


@pytest.fixture(scope="module")
def built(kokoro: Kokoro, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("built")
    assert build([QUESTION, DISH, DEPARTMENT], kokoro, directory) == 3
    return directory


def sounds(directory: Path) -> Iterator[tuple[Entry, np.ndarray, int]]:
    for row in read_manifest(directory):
        pcm, rate = soundfile.read(directory / row.file, dtype="float32")
        yield row, pcm, rate


class TestWhatIsSpoken:
    """Every text is said once, in a sentence that lets it be cut out."""

    def test_words_are_never_first_or_last_in_their_carrier(self) -> None:
        carrier = row_of([DISH, DEPARTMENT])
        for cut in carrier.cuts:
            assert carrier.text[cut.start : cut.end] == cut.wanted.text
            assert carrier.text[cut.start - 1] == carrier.text[cut.end] == "，"

    def test_a_very_short_sentence_is_carried_too(self) -> None:
        (carrier,) = carriers([Wanted("好。", "sentence")])
        assert carrier.text != "好。"

    def test_a_fragment_is_found_between_the_pauses_of_its_template(self) -> None:
        fragment = Wanted("的", "fragment", "明天的车，的，车，的。")
        (carrier,) = carriers([fragment])
        (cut,) = carrier.cuts
        assert carrier.text[cut.start - 1 : cut.end + 1] == "，的，"

    def test_a_fragment_that_stands_nowhere_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="does not stand between marks"):
            list(carriers([Wanted("到", "fragment", "从，家里。")]))

    def test_all_fragments_of_the_prompts_can_be_cut(self) -> None:
        fragments = [item for item in wanted() if item.kind == "fragment"]
        cuts = [cut for carrier in carriers(fragments) for cut in carrier.cuts]
        assert len(cuts) == len(fragments) > 50

    def test_a_time_of_day_is_left_to_its_two_words(self) -> None:
        words = {item.text for item in wanted() if item.kind == "word"}
        assert {"上午", "八点", "八点半", "二十五分", "三十七", "二十五号"} <= words
        assert not {"上午八点", "下午三点二十五分"} & words

    def test_no_text_is_wanted_twice(self) -> None:
        names = [name_of(item.kind, item.text) for item in wanted()]
        assert len(names) == len(set(names))


class TestWhatIsBuilt:
    """Slow by its pauses, level, beginning at once; a second build does nothing."""

    def test_the_first_sound_comes_within_50_ms_and_no_long_silence_at_the_end(
        self, built: Path
    ) -> None:
        for row, pcm, rate in sounds(built):
            start, end = voiced(pcm, rate)
            assert start / rate <= 0.05, row.text
            assert (len(pcm) - end) / rate <= 0.15, row.text

    def test_everything_has_the_same_level(self, built: Path) -> None:
        for row, pcm, _ in sounds(built):
            loud = pcm[np.abs(pcm) > 0.01]
            level = 20 * np.log10(np.sqrt((loud**2).mean()))
            assert abs(level - LEVEL) < 2.5, row.text
            assert 20 * np.log10(np.abs(pcm).max()) <= PEAK + 1, row.text

    def test_a_comma_is_a_pause_that_can_be_heard(self, built: Path) -> None:
        (pcm, rate) = next((p, r) for row, p, r in sounds(built) if row.text == QUESTION.text)
        frame = rate // 100
        loud = np.sqrt((pcm[: len(pcm) // frame * frame].reshape(-1, frame) ** 2).mean(1))
        quiet = "".join("1" if level < 10 ** (-40 / 20) else "0" for level in loud)
        assert max(map(len, quiet.strip("1").split("0"))) >= 28, "in hundredths of a second"

    def test_words_are_as_long_as_spoken_words(self, built: Path) -> None:
        for row, pcm, rate in sounds(built):
            if row.kind == "word":
                assert 0.3 < len(pcm) / rate < 1.0, row.text

    def test_a_second_build_renders_nothing(self, built: Path) -> None:
        nobody = Kokoro(Path("nowhere"))
        assert build([QUESTION, DISH, DEPARTMENT], nobody, built) == 0

    def test_a_changed_reading_a_damaged_file_and_a_new_word_are_told(
        self, built: Path, tmp_path: Path
    ) -> None:
        rows = {row.text: row for row in read_manifest(built)}
        (built / rows["面条"].file).rename(tmp_path / "away.opus")
        old = replace(rows["内科"], recipe="of another day")
        path = built / MANIFEST
        before = path.read_text("utf-8")
        path.write_text(before.replace(rows["内科"].recipe, old.recipe), encoding="utf-8")
        state = compare([DISH, DEPARTMENT, FROM], built)
        path.write_text(before, encoding="utf-8")
        (tmp_path / "away.opus").rename(built / rows["面条"].file)
        assert state.missing == [FROM]
        assert state.stale == [DEPARTMENT]
        assert [row.text for row in state.damaged] == ["面条"]
        assert [row.text for row in state.unused] == [QUESTION.text]
        assert not state.complete

    def test_what_nobody_says_any_more_is_removed(self, built: Path) -> None:
        rows = {row.text: row for row in read_manifest(built)}
        Builder(Kokoro(Path("nowhere")), built).drop([rows["面条"]])
        assert not (built / rows["面条"].file).exists()
        assert "面条" not in Pack(built)


def test_the_recipe_follows_the_reading_and_not_the_carrier() -> None:
    assert recipe(FROM) == recipe(replace(FROM, carrier="我从，这里，走。"))
    assert recipe(DISH) != recipe(DEPARTMENT)
    assert MAKER.startswith("kokoro")


def test_the_pack_says_everything_linli_says() -> None:
    told = StringIO()
    assert run(check=True, out=told), told.getvalue()


def test_the_pack_is_whole_and_small() -> None:
    rows = read_manifest(PACK)
    files = [row.file for row in rows]
    assert len(files) == len(set(files))
    assert {path.relative_to(PACK).as_posix() for path in PACK.rglob("*.opus")} == set(files)
    assert sum((PACK / file).stat().st_size for file in files) < 12e6


def test_no_prompt_is_longer_than_eight_seconds_and_none_is_hurried() -> None:
    for row in read_manifest(PACK):
        assert row.seconds <= 8.0, row.text
        if row.kind == "sentence" and len(bare(row.text)) >= 6:
            characters = sum("一" <= c <= "鿿" for c in row.text)
            assert 2.2 <= characters / row.seconds <= 4.9, row.text
