"""What can go wrong with ears and mouths; the message says what, where and what to do."""

from __future__ import annotations


class VoicesError(Exception):
    """Base of everything the speech room raises on purpose."""

    code = "voices"
    """A word for machines; the message is for people."""


class AudioUnreadable(VoicesError):
    """A recording that is not there, is empty, or is no audio this machine can read."""

    code = "audio"


class ModelUnusable(VoicesError):
    """A model that is missing or damaged."""

    code = "model"


class NoAudioDevice(VoicesError):
    """No microphone or loudspeaker."""

    code = "no_audio_device"
