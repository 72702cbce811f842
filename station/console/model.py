"""The console in station.toml: under which address its pages are served."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Final, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from station.fields import Section

_KEY: Final = 24
"""Characters of a key that nobody guesses."""


def _host(value: str) -> str:
    if value == "localhost":
        return value
    try:
        return str(ip_address(value))
    except ValueError:
        raise ValueError("is no IP address") from None


Listened: TypeAlias = Annotated[str, AfterValidator(_host)]


class ConsoleSection(Section):
    """The staff's pages."""

    host: Listened = Field(
        "127.0.0.1",
        description="address the console listens on; 127.0.0.1: only this machine comes in",
    )
    port: Annotated[int, Field(ge=1024, le=65535)] = Field(
        8460, description="its port, 1024 to 65535"
    )
    names: list[str] = Field(
        [], description="names under which browsers on other machines call it, e.g. linli.example"
    )
    certificate: str = Field(
        "", description="TLS certificate (PEM file); needed when other machines come in"
    )
    key: str = Field("", description="the certificate's key (PEM file)")
    metrics_key: str = Field(
        "",
        description="a monitoring program on another machine reads /metrics with this key (at least"
        " 24 characters, sent as a bearer token); empty: only this machine reads them",
    )

    @model_validator(mode="after")
    def _certificate_has_its_key(self) -> Self:
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate and key are set together")
        return self

    @model_validator(mode="after")
    def _key_is_long(self) -> Self:
        if self.metrics_key and not (self.metrics_key.isascii() and len(self.metrics_key) >= _KEY):
            raise ValueError(f"metrics_key has to be at least {_KEY} ASCII characters, or empty")
        return self
