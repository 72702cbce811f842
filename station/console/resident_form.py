"""The form of a resident: what stands in it, and what it says about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from station.register_row import resident_of, words
from station.residents import Contact, Resident

TEXTS: Final = ("name", "called", "card", "phones", "address", "village", "dialect", "diet",
                "hospital", "note")  # fmt: skip
"""Fields of text, as the register calls them."""
FLAGS: Final = ("wheelchair", "lives_alone")
"""Fields to tick."""
CONSENTS: Final = ("", "yes", "no")
"""Not asked yet, agreed, refused: whether what they say may be recorded."""
_PARTS: Final = ("name", "relation", "phone", "words")


def most_contacts() -> int:
    """So many people to call fit into the form."""
    return int(words()["contacts"])


def lines(given: Mapping[str, str]) -> range:
    """The lines for people to call: those that are filled in, and one more."""
    filled = [n for n in range(1, most_contacts() + 1) if given.get(f"c{n}-name")]
    return range(1, min(most_contacts(), max(filled, default=0) + 1) + 1)


def written(known: Resident | None) -> dict[str, str]:
    """What stands in the form at first, by the names of its fields."""
    if known is None:
        return {}
    between = str(words()["between"])
    told = {name: str(getattr(known, name) or "") for name in TEXTS if name != "phones"}
    told |= {"phones": between.join(known.phones), "consent": str(known.profile.get("consent", ""))}
    told |= {name: "1" for name in FLAGS if getattr(known, name)}
    for n, each in enumerate(known.contacts[: most_contacts()], start=1):
        told |= {f"c{n}-{part}": getattr(each, part) for part in ("name", "relation", "phone")}
        told[f"c{n}-words"] = between.join(each.words)
        told |= {f"c{n}-behalf": "1"} if each.name in known.behalf else {}
    return told


def read(form: Mapping[str, str], known: Resident | None) -> Resident:
    """What the form says; what it has no field for stays. Raises WrongCell."""
    given = {name: value.strip().replace("\r\n", "\n") for name, value in form.items()}
    cells = {name: given.get(name, "") for name in TEXTS} | dict(_contact_cells(given))
    told = resident_of(cells)
    base = known or Resident(told.name)
    plain: dict[str, Any] = {name: getattr(told, name) for name in TEXTS}
    plain |= {name: bool(given.get(name)) for name in FLAGS} | {"card": told.card or None}
    return replace(
        base,
        **plain,
        contacts=_contacts(told.contacts, base),
        profile=_profile(given, told.contacts, base),
    )


def _contact_cells(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for n in range(1, most_contacts() + 1):
        for part in _PARTS:
            yield f"contact {n} {part}", given.get(f"c{n}-{part}", "")


def _contacts(told: tuple[Contact, ...], base: Resident) -> tuple[Contact, ...]:
    """Pet names, and whoever is beyond the form's last line, stay as they are."""
    nicks = {each.name: each.nick for each in base.contacts}
    named = (replace(each, nick=nicks.get(each.name, "")) for each in told)
    return (*named, *base.contacts[most_contacts() :])


def _profile(given: Mapping[str, str], told: tuple[Contact, ...], base: Resident) -> dict[str, Any]:
    consent = given.get("consent", "")
    chosen = {
        given.get(f"c{n}-name", "")
        for n in range(1, most_contacts() + 1)
        if given.get(f"c{n}-behalf")
    }
    behalf = sorted(chosen & {each.name for each in told})
    kept = {name: value for name, value in base.profile.items() if name not in _OWN}
    own = {"consent": consent if consent in CONSENTS else "", "behalf": behalf}
    return kept | {name: value for name, value in own.items() if value}


_OWN: Final = ("consent", "behalf")
