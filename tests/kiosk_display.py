"""A display server of our own, and what stands on it."""

from __future__ import annotations

import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 1280, 720


@dataclass(frozen=True)
class Display:
    """A running server."""

    name: str
    """For DISPLAY."""
    folder: Path
    """Where it keeps its pixels."""

    @property
    def environment(self) -> dict[str, str]:
        """For a program that is to draw there."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SDL_")}
        return {**kept, "DISPLAY": self.name}

    def picture(self) -> Image.Image:
        """What is seen now; its file is an X window dump."""
        data = (self.folder / "Xvfb_screen0").read_bytes()
        head = struct.unpack(">25I", data[:100])
        size, width, height, pitch, colours = head[0], head[4], head[5], head[12], head[19]
        start = size + 12 * colours
        pixels = data[start : start + pitch * height]
        return Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", pitch, 1)

    def press(self, x: int, y: int) -> None:
        """A finger comes down and is lifted."""
        press = ["mousedown", "1", "sleep", "0.1", "mouseup", "1"]
        command = ["xdotool", "mousemove", str(x), str(y), *press]
        subprocess.run(command, env=self.environment, check=True)


@contextmanager
def display(folder: Path) -> Iterator[Display]:
    """Start a server, end it again."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24",
         "-fbdir", str(folder)],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    assert number, "Xvfb did not start; scripts/setup --dev installs it"
    yield Display(f":{number}", folder)
    server.terminate()
    server.wait()
