"""Says one sentence into a file and ends; started by `voices/pyttsx.py`, a process a sentence.

The order comes as JSON on stdin: text, voice, words_a_minute, file. The machine's
own eSpeak NG is used, else the one that the package espeakng-loader brings along.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import wave

NATIVE_RATE = 22_050
"""Samples a second that eSpeak makes."""


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
    from pyttsx3.drivers import _espeak
    from pyttsx3.drivers.espeak import EspeakDriver

    # pyttsx3 lets eSpeak work on a thread of its own and does not always wait for it:
    # on a busy machine half a sentence is missing. Started like this it waits, but is
    # not told that the sentence is complete, so the file is written here.
    _espeak.Initialize(_espeak.AUDIO_OUTPUT_SYNCHRONOUS, 1000)
    EspeakDriver._moduleInitialized = True
    EspeakDriver._defaultVoice = order["voice"]

    engine = pyttsx3.init("espeak")
    engine.setProperty("rate", order["words_a_minute"])
    engine.save_to_file(order["text"], order["file"])
    engine.runAndWait()
    with wave.open(order["file"], "wb") as file:
        file.setparams((1, 2, NATIVE_RATE, 0, "NONE", ""))
        file.writeframes(engine.proxy._driver._data_buffer)


if __name__ == "__main__":
    main()
