"""The catalogue of weights says where each file comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli import catalogue
from linli.errors import UsageError


def test_a_catalogue_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "weights.yaml"
    path.write_text("packages: []\nweights: {x: {about: y}}\n")
    with pytest.raises(UsageError, match=r"weights\.yaml"):
        catalogue.load(path)


def test_every_file_has_a_source_and_no_two_share_a_place() -> None:
    known = catalogue.load()
    files = known.files(known.weights)
    assert len({file.path for file in files}) == len(files)
    for file in files:
        assert file.parts
        assert file.size > 0
        assert len(file.sha256) == 64
        assert file.address.startswith("https://") or not file.address
