"""What was learned is kept small, alike to the last byte, and can be read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from intents.understanding.opinion import Model, Opinion
from linli.learned import write
from linli.network import STEP, Learned, learn


def model(learned: Learned) -> Model:
    known = np.vstack((learned.inner, np.zeros((1, learned.inner.shape[1]), np.int8)))
    place = np.arange(len(known), dtype=np.int32)
    rest = learned.start, learned.outer, learned.bias
    return Model(tuple(learned.labels), place, known, np.float32(STEP), *rest)


def test_what_was_learned_alike_is_written_alike_to_the_last_byte(tmp_path: Path) -> None:
    parts = {"intent": learn([["s:a"], ["s:b"]] * 2, ["taxi", "meal"] * 2)}
    for name in ("one.npz", "other.npz"):
        write(parts, "digest", tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


def test_what_was_learned_can_be_written_and_read_again(tmp_path: Path) -> None:
    rows = [["s:a", "k:x"], ["s:a"], ["s:b", "k:y"], ["s:b", "k:y"]] * 2
    write(
        {"intent": learn(rows, ["taxi", "taxi", "meal", "meal"] * 2)}, "digest", tmp_path / "o.npz"
    )
    opinion = Opinion.load(tmp_path / "o.npz")
    assert opinion(["s:a"])["taxi"] > 0.8
    assert opinion(["s:b"])["meal"] > 0.8
    assert opinion(["s:never seen"]).keys() == {"taxi", "meal"}
    assert opinion.made_of == "digest"
    assert opinion.knows("intent")
    assert not opinion.knows("kind")


def test_each_network_keeps_only_the_features_that_speak(tmp_path: Path) -> None:
    weights = np.array([[1, 0], [0, 0], [0, 1]], np.int8)
    rest = np.zeros(2, np.float32), np.eye(2, dtype=np.float32), np.zeros(2, np.float32)
    spoken = Learned(["k:a", "k:b", "k:c"], ["meal", "taxi"], weights, *rest)
    other = learn([["k:a", "k:z"], ["k:c"]] * 4, ["one", "several"] * 4)
    write({"intent": spoken, "many": other}, "digest", tmp_path / "o.npz")
    opinion = Opinion.load(tmp_path / "o.npz")
    silent = opinion(())
    assert opinion(["k:b"]) == opinion(["k:z"]) == silent
    assert opinion(["k:a"])["meal"] > silent["meal"] > opinion(["k:c"])["meal"]
    assert opinion(["k:z"], "many")["one"] > opinion((), "many")["one"]


def test_features_that_matter_little_are_left_out_and_the_others_learn_alone() -> None:
    rows = [["s:a", "s:x"], ["s:a", "s:y"], ["s:b", "s:x"], ["s:b", "s:y"]] * 8
    learned = learn(rows, ["taxi", "taxi", "meal", "meal"] * 8, most=2)
    assert list(learned.features) == ["s:a", "s:b"]


def test_an_inner_weight_is_one_step_or_none_and_the_others_have_learned_around_it() -> None:
    rows = [["s:a", "s:x"], ["s:a", "s:y"], ["s:b", "s:x"], ["s:b", "s:y"]] * 8
    learned = learn(rows, ["taxi", "taxi", "meal", "meal"] * 8)
    assert set(np.unique(learned.inner)) == {-1, 0, 1}
    opinion = Opinion(learned.features, {"intent": model(learned)}, "")
    for row, label in zip(rows, ["taxi", "taxi", "meal", "meal"], strict=False):
        assert opinion(row)[label] > 0.9
