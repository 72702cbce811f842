"""Says one sentence into a file and ends; started by `voices/pyttsx.py`, a process a sentence.

The order comes as JSON on stdin: text, voice, words_a_minute, file. The machine's
own eSpeak NG is used, else the one that the package espeakng-loader brings along.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys


def find_espeak() -> None:
    """Load eSpeak NG under the name by which pyttsx3 will look for it."""
    try:
        ctypes.CDLL("libespeak-ng.so.1")
    except OSError:
        import espeakng_loader

        os.environ["ESPEAK_DATA_PATH"] = str(espeakng_loader.get_data_path())
        ctypes.CDLL(str(espeakng_loader.get_library_path()), ctypes.RTLD_GLOBAL)


def main() -> None:
    """Say what stdin orders."""
    order = json.load(sys.stdin)
    find_espeak()
    import pyttsx3

    engine = pyttsx3.init("espeak")
    engine.setProperty("voice", order["voice"])
    engine.setProperty("rate", order["words_a_minute"])
    engine.save_to_file(order["text"], order["file"])
    engine.runAndWait()


if __name__ == "__main__":
    main()
