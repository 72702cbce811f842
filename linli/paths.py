"""Where things lie: one place, so that a station can move them with one variable."""

from __future__ import annotations

import os
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
"""The checkout: assets, scripts, docs."""

ROOT = Path(os.environ.get("LINLI_HOME", SOURCE)).expanduser()
"""The station's own folder: settings, models, ledger. `LINLI_HOME` moves it."""

ASSETS = SOURCE / "assets"
"""Font, prompts, samples, limits: part of the program."""

MODELS = ROOT / "models"
"""Model weights, fetched at set-up."""

VAR = ROOT / "var"
"""Everything that is written while running."""

SETTINGS = ROOT / "station.toml"
"""The one configuration file; defaults stand where it is missing."""
