"""The telephone line in station.toml: lines of residents, the trunk, when Linli may ring."""

from __future__ import annotations

import re
from datetime import time
from ipaddress import ip_address, ip_network
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from .fields import Clock, Days, Phone, Place, Section


def _extension(value: str) -> str:
    if value and not re.fullmatch(r"[1-9][0-9]{2,5}", value):
        raise ValueError("is no extension: three to six digits, the first no 0")
    return value


def _needed_extension(value: str) -> str:
    if not value:
        raise ValueError("is no extension: three to six digits, the first no 0")
    return _extension(value)


def _host(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?", value):
        raise ValueError("is no name or address of a machine")
    return value


def _address(value: str) -> str:
    try:
        return str(ip_address(value))
    except ValueError:
        raise ValueError("is no IP address") from None


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError:
        raise ValueError("is no network, written like 192.168.1.0/24") from None


def _plain(value: str) -> str:
    """What goes into a line of another program's configuration: no line ends, no comments."""
    if not re.fullmatch(r"[\x21-\x3a\x3c-\x7e]*", value):
        raise ValueError("has a space, a semicolon or a character that is not ASCII in it")
    return value


Extension: TypeAlias = Annotated[str, AfterValidator(_extension)]
NeededExtension: TypeAlias = Annotated[str, AfterValidator(_needed_extension)]
Host: TypeAlias = Annotated[str, AfterValidator(_host)]
Address: TypeAlias = Annotated[str, AfterValidator(_address)]
Network: TypeAlias = Annotated[str, AfterValidator(_network)]
Plain: TypeAlias = Annotated[str, AfterValidator(_plain)]
Port: TypeAlias = Annotated[int, Field(ge=1024, le=65535)]
Codec: TypeAlias = Literal["g722", "alaw", "ulaw"]


class TrunkSection(Section):
    """The carrier, or the gateway to the telephone network; left out: only own telephones."""

    host: Host = Field("", description="the carrier's SIP machine; empty: there is none")
    port: int = Field(5060, ge=1, le=65535, description="its SIP port")
    user: Plain = Field("", description="account at the carrier; empty: known by its address")
    password: Plain = Field("", description="the account's password")
    number: Phone | None = Field(None, description="the station's own number, shown to those rung")
    logs_in: bool = Field(
        True, description="log in at the carrier; false for a gateway of your own"
    )
    calls: int = Field(8, ge=1, le=200, description="calls at a time the carrier allows")

    @model_validator(mode="after")
    def _logs_in_with_a_password(self) -> Self:
        if self.host and self.logs_in and not (self.user and self.password):
            raise ValueError("a trunk that logs in needs user and password, else logs_in = false")
        return self


class Line(Section):
    """A one-button telephone: whatever is dialled on it reaches Linli and nothing else."""

    extension: NeededExtension = Field(description="its SIP user, three to six digits, e.g. 101")
    phone: Phone = Field(description="the resident's number in the ledger: who is calling")
    name: str = Field("", description="whose it is, for staff")


class SafetyCall(Section):
    """The daily call to those who live alone."""

    at: Clock | None = Field(None, description="when it begins, HH:MM; left out: nobody is called")
    days: Days = Field([1, 2, 3, 4, 5, 6, 7], description="on which days, 1 (Monday) to 7")


class NoticesSection(Section):
    """What residents are told by telephone when staff do something on the console."""

    meal: bool = Field(True, description="a meal was given to somebody who brings it")
    moved: bool = Field(True, description="a request was moved to another day or time")
    closing: bool = Field(
        False, description="after it was done: ask how it was done, 1 to 3 by key or word"
    )


class PhoneSection(Section):
    """The telephone line. Untouched it serves this machine only: good for trying a softphone."""

    enabled: bool = Field(True, description="false: `scripts/run` starts no telephone line")
    bind: Address = Field(
        "127.0.0.1", description="this machine's address for telephones; 127.0.0.1: nobody outside"
    )
    public: Host = Field("", description="the address others see, behind a router; else empty")
    allow: list[Network] = Field(
        ["127.0.0.1/32"], description="networks from which own telephones may log in"
    )
    sip_port: Port = Field(5060, description="UDP port of SIP")
    rtp_from: Port = Field(10000, description="first UDP port of the voices")
    rtp_to: Port = Field(10999, description="last UDP port of the voices; four for each call")
    manager_port: Port = Field(5038, description="TCP port of Asterisk's control, only here")
    media_port: Port = Field(8765, description="TCP port of Linli's voice, only here")
    media: Literal["websocket", "audiosocket"] = Field(
        "websocket", description="how the voice goes between Asterisk and Linli"
    )
    codecs: list[Codec] = Field(
        ["g722", "alaw", "ulaw"], min_length=1, description="wideband first, where telephones can"
    )
    folder: Place = Field("var/phone", description="Asterisk's settings, prompts and messages")  # type: ignore[assignment]
    lines: list[Line] = Field([], description="one-button telephones")
    trunk: TrunkSection = Field({}, description="the carrier")  # type: ignore[assignment]
    alarm: list[Phone] = Field([], description="rung at once in an emergency, beside operators")
    quiet_from: Clock = Field("20:30", description="from when Linli rings nobody by itself, HH:MM")  # type: ignore[assignment]
    quiet_until: Clock = Field("08:00", description="until when, HH:MM")  # type: ignore[assignment]
    safety_call: SafetyCall = Field({}, description="the daily call")  # type: ignore[assignment]
    notices: NoticesSection = Field({}, description="what residents are told")  # type: ignore[assignment]

    @model_validator(mode="after")
    def _ports_do_not_meet(self) -> Self:
        if self.rtp_to - self.rtp_from < 9:
            raise ValueError("rtp_to has to be at least 9 above rtp_from: four ports for each call")
        if self.rtp_from <= self.sip_port <= self.rtp_to:
            raise ValueError("sip_port lies between rtp_from and rtp_to: give it another")
        if self.manager_port in {self.media_port, self.media_port + 1}:
            raise ValueError("manager_port and media_port (and the one after it) need to differ")
        return self

    @model_validator(mode="after")
    def _the_daily_call_disturbs_nobody(self) -> Self:
        at = self.safety_call.at
        if at is not None and not self.may_ring(at):
            raise ValueError("safety_call.at lies in the quiet hours (quiet_from, quiet_until)")
        return self

    def may_ring(self, moment: time) -> bool:
        """Whether Linli may ring somebody by itself at this time of day."""
        if self.quiet_from <= self.quiet_until:
            return not self.quiet_from <= moment < self.quiet_until
        return self.quiet_until <= moment < self.quiet_from
