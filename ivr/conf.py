"""Asterisk's settings, written from station.toml: complete, minimal, this machine only by default.

The files lie as templates in `ivr/asterisk/`; `@name@` in them is filled in
here. Nothing is merged with what stands in the folder: the files are written
anew each time, the passwords kept.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from datetime import time
from pathlib import Path
from typing import Any, Final

from station.model import Operator
from station.settings import Settings

from .errors import PhoneError
from .folders import Folders
from .numbers import TRUNK, Numbers
from .passwords import Passwords, private
from .promises import variables
from .tree import Tree

TEMPLATES: Final = Path(__file__).resolve().parent / "asterisk"
_BUNDLE: Final = "small.conf"
_FIELD: Final = re.compile(r"@([a-z_]+)@")


def write(settings: Settings, limits: Mapping[str, Any], tree: Tree) -> list[Path]:
    """Write every file of `phone.folder`; gives their paths.

    `limits` are the groups `line` and `phone` of the numbers that bind, in one
    mapping. Raises PhoneError when something cannot be written.
    """
    folders = Folders(settings.phone.folder.absolute())
    try:
        folders.make()
        passwords = Passwords.made(folders.root, extensions(settings))
        values = _values(settings, limits, tree, folders, passwords)
        return [*_written(folders, values)]
    except OSError as error:
        raise PhoneError(
            f"{error.filename or folders.root} cannot be written ({error.strerror}):"
            " give this user the right to it, or set phone.folder in station.toml"
        ) from error


def extensions(settings: Settings) -> list[str]:
    """Every telephone that logs in: residents' lines, then desks."""
    lines = [line.extension for line in settings.phone.lines]
    return lines + [each.extension for each in settings.operators if each.extension]


def _written(folders: Folders, values: Mapping[str, str]) -> Iterator[Path]:
    for template in sorted(TEMPLATES.glob("*.conf")):
        text = filled(template.read_text("utf-8"), values, template.name)
        for name, content in _parts(template.name, text):
            private(folders.etc / name, content)
            yield folders.etc / name


def _parts(name: str, text: str) -> Iterator[tuple[str, str]]:
    """A template as the files it stands for; the bundle carries several."""
    if name != _BUNDLE:
        yield name, text
        return
    for part in text.split("; === ")[1:]:
        own, _, content = part.partition("\n")
        yield own.strip(), content


def filled(text: str, values: Mapping[str, str], where: str) -> str:
    """A template with its fields filled in; PhoneError for a field nobody fills."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise PhoneError(f"ivr/asterisk/{where}: nobody knows what @{found[1]}@ is")
        return values[found[1]]

    return _FIELD.sub(value, text)


def _values(
    settings: Settings,
    limits: Mapping[str, Any],
    tree: Tree,
    folders: Folders,
    passwords: Passwords,
) -> dict[str, str]:
    phone, hours = settings.phone, settings.hours
    lows, highs = limits["number_digits"]
    numbers = Numbers.of(settings, (lows, highs))
    plain = {name: str(value) for name, value in limits.items()}
    plain |= {name: str(value) for name, value in phone.model_dump(mode="json").items()}
    return plain | {
        "etc": str(folders.etc),
        "run": str(folders.run),
        "log": str(folders.log),
        "state": str(folders.state),
        "sounds": str(folders.sounds),
        "missed": str(folders.missed),
        "modules": str(tree.modules),
        "data": str(tree.data),
        "manager_password": passwords.manager,
        "media_password": passwords.media,
        "codecs": ",".join(phone.codecs),
        "opens": f"{hours.opens:%H%M}",
        "closes": "2400" if hours.until == time.max else f"{hours.closes:%H%M}",
        "promises": "\n".join(f"{name} = {value}" for name, value in variables(hours)),
        "permit": "\n".join(f"permit = {each}" for each in phone.allow),
        "public": _public(settings),
        "acl": _acl(settings),
        "telephones": "\n".join(_telephones(settings, passwords)),
        "trunk": _trunk(settings),
        "inside": "\n".join(_inside(settings, str(limits["ring_s"]))),
        "desks": desks(settings.operators, numbers),
        "urgent": "&".join(dict.fromkeys(map(numbers.channel, urgent_numbers(settings, numbers)))),
        "media": _media(settings),
    }


def desks(operators: list[Operator], numbers: Numbers) -> str:
    """What rings when a person is wanted: all operators at once, at the desk if they have one."""
    ways = [
        numbers.channel(each.extension or each.phone) for each in _reachable(operators, numbers)
    ]
    return "&".join(dict.fromkeys(ways))


def urgent_numbers(settings: Settings, numbers: Numbers) -> list[str]:
    """Who is rung in an emergency: operators' desks and own numbers, and the alarm numbers."""
    wanted = [each.extension for each in settings.operators if each.extension]
    outside = [each.phone for each in settings.operators] + settings.phone.alarm
    wanted += [each for each in outside if numbers.reaches(each)]
    return list(dict.fromkeys(wanted))


def _reachable(operators: list[Operator], numbers: Numbers) -> list[Operator]:
    return [each for each in operators if each.extension or numbers.reaches(each.phone)]


def _public(settings: Settings) -> str:
    public = settings.phone.public
    if not public:
        return ""
    inside = "\n".join(f"local_net = {each}" for each in settings.phone.allow)
    outside = f"external_media_address = {public}\nexternal_signaling_address = {public}"
    return f"{outside}\n{inside}"


def _acl(settings: Settings) -> str:
    """Who may speak SIP with this machine at all: own telephones and the carrier.

    A carrier known by name has addresses that change: then only its endpoint
    and the firewall guard, see docs/phone.md.
    """
    host = settings.phone.trunk.host
    if host and not _is_address(host):
        return ""
    allowed = [*settings.phone.allow, *([host] if host else [])]
    permits = "\n".join(f"permit = {each}" for each in allowed)
    return f"\n[linli-acl]\ntype = acl\ndeny = 0.0.0.0/0.0.0.0\n{permits}\n"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _telephones(settings: Settings, passwords: Passwords) -> Iterator[str]:
    for line in settings.phone.lines:
        caller = re.sub(r"\D", "", line.phone)
        yield from _telephone(line.extension, "linli-line", caller, passwords)
    for operator in settings.operators:
        if operator.extension:
            yield from _telephone(operator.extension, "linli-desk", operator.extension, passwords)


def _telephone(extension: str, kind: str, caller: str, passwords: Passwords) -> Iterator[str]:
    yield f"\n[{extension}]({kind})"
    yield f"auth = {extension}\naors = {extension}\ncallerid = <{caller}>"
    yield f"[{extension}](linli-login)"
    yield f"username = {extension}\npassword = {passwords.telephones[extension]}"
    yield f"[{extension}](linli-where)"


def _trunk(settings: Settings) -> str:
    trunk = settings.phone.trunk
    if not trunk.host:
        return ""
    there = f"sip:{trunk.host}:{trunk.port}"
    own = re.sub(r"\D", "", trunk.number or "")
    parts = [
        "\n; the carrier; known by where it calls from, never by a name it gives",
        f"[{TRUNK}](linli-any)\ncontext = linli-from-trunk\nidentify_by = ip\naors = {TRUNK}",
        f"from_domain = {trunk.host}",
        f"from_user = {trunk.user or own}" if trunk.user or own else "",
        f"outbound_auth = {TRUNK}" if trunk.user else "",
        f"[{TRUNK}]\ntype = aor\ncontact = {there}\nqualify_frequency = 60",
        f"[{TRUNK}]\ntype = identify\nendpoint = {TRUNK}\nmatch = {trunk.host}",
    ]
    if trunk.user:
        parts.append(
            f"[{TRUNK}]\ntype = auth\nauth_type = digest\n"
            f"username = {trunk.user}\npassword = {trunk.password}"
        )
    if trunk.logs_in:
        parts.append(
            f"[{TRUNK}]\ntype = registration\ntransport = linli-udp\noutbound_auth = {TRUNK}\n"
            f"server_uri = {there}\nclient_uri = sip:{trunk.user}@{trunk.host}:{trunk.port}\n"
            "contact_user = linli\nretry_interval = 30\nforbidden_retry_interval = 300\n"
            "max_retries = 10000"
        )
    return "\n".join(part for part in parts if part)


def _inside(settings: Settings, ring: str) -> Iterator[str]:
    """What a desk may dial: each telephone of our own by its extension."""
    for extension in extensions(settings):
        yield f"exten => {extension},1,Dial(PJSIP/{extension},{ring})"
        yield " same => n,Hangup(16)"


def _media(settings: Settings) -> str:
    """How Asterisk reaches Linli; `n`: the call is taken only when Linli says ANSWER."""
    phone = settings.phone
    if phone.media == "audiosocket":
        return f"AudioSocket/127.0.0.1:{phone.media_port + 1}/${{LINLI_MEDIA}}/c(${{LINLI_RATE}})"
    told = "call_id=${LINLI_CALL},number=${LINLI_NUMBER},line=${LINLI_LINE}"
    more = "media=${LINLI_MEDIA},why=${LINLI_WHY},task=${LINLI_TASK}"
    return f"WebSocket/linli_media/nc(${{LINLI_RATE}})v({told},{more})"
