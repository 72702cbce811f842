"""A kiosk's real window without a worker, for tests of what watches it: starts in a second."""

from __future__ import annotations

import sys
from pathlib import Path

from linli.coming import Coming
from linli.heart import Heart
from linli.kiosk import show
from station.settings import Settings


class Nobody(Coming):
    """Nobody comes."""

    def start(self) -> None:
        """No."""

    def close(self) -> None:
        """No."""


def main(settings: Path) -> None:
    """Open it until the pipe is gone."""
    heart = Heart.given()

    def over() -> bool:
        heart.beat("screen")
        return heart.alone

    show(Settings.load(settings), Nobody(lambda: None), until=over)  # type: ignore[arg-type, return-value]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
