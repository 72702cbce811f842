"""A telephone line on this machine alone: free ports, and a carrier that is an address of its own.

For whoever makes real calls without a telephone: tests and benches.
"""

from __future__ import annotations

import socket
from typing import Final

HERE: Final = "127.0.0.1"
"""Asterisk, Linli and the station's own telephones."""
CARRIER: Final = "127.0.0.2"
"""The carrier, known by its address, without a password."""

_PHONE: Final = """\
[phone]
sip_port = {sip}
rtp_from = {rtp}
rtp_to = {rtp_to}
manager_port = {manager}
media_port = {media}
{more}

[phone.trunk]
host = "{carrier}"
port = {carrier_port}
number = "0376-5550000"
logs_in = false
"""


def phone_settings(sound_ports: int, more: str = "") -> str:
    """`[phone]` of a `station.toml`, with as many UDP ports for sound.

    `more` stands behind its keys: others, then tables.
    """
    rtp, media = free_block(sound_ports), free_pair()
    while (manager := free_port()) in (media, media + 1):
        pass
    return _PHONE.format(
        sip=free_beside(rtp, sound_ports),
        rtp=rtp,
        rtp_to=rtp + sound_ports - 1,
        manager=manager,
        media=media,
        carrier=CARRIER,
        carrier_port=free_port(socket.SOCK_DGRAM, CARRIER),
        more=more,
    )


def free_port(kind: int = socket.SOCK_STREAM, address: str = HERE) -> int:
    """A port nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as door:
        door.bind((address, 0))
        return int(door.getsockname()[1])


def free_block(size: int) -> int:
    """The first of `size` free UDP ports in a row."""
    while True:
        first = free_port(socket.SOCK_DGRAM) & ~1
        every_so_many = range(first, first + size, 7)
        if first + size < 60_000 and all(_is_free(port) for port in every_so_many):
            return first


def free_beside(first: int, size: int) -> int:
    """A free UDP port outside the block of `size` ports from `first`."""
    while True:
        port = free_port(socket.SOCK_DGRAM)
        if not first <= port < first + size:
            return port


def free_pair() -> int:
    """A free TCP port whose next one is free too."""
    while True:
        first = free_port()
        if _is_free(first + 1, socket.SOCK_STREAM):
            return first


def _is_free(port: int, kind: int = socket.SOCK_DGRAM) -> bool:
    with socket.socket(socket.AF_INET, kind) as door:
        try:
            door.bind((HERE, port))
        except OSError:
            return False
    return True
