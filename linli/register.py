"""`linli residents`: what its commands do, and what they say in Chinese."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from station import audit, clock, register, register_row, residents, sheets
from station.errors import UnknownResident
from station.forgetting import ForgetError
from station.ledger import Ledger
from station.residents import Resident
from station.settings import Settings

from .forget import backups_with, forget
from .keeping import whoever, words

Tell = Callable[[str], object]


def bring(ledger: Ledger, file: Path, *, keep: bool, tell: Tell) -> bool:
    """Read a table and, with `keep`, take its good rows; True when every row is good.

    Raises SheetError or LedgerError; then nothing was kept.
    """
    said = register_row.words()["told"]
    reading = register.judge(sheets.read(file), ledger)
    if keep:
        register.apply(reading, ledger, whoever())
    counts = {does: reading.count(does) for does in ("new", "changed", "same")}
    counts |= {"bad": len(reading.bad), "rows": len(reading.good) + len(reading.bad)}
    if reading.unknown:
        columns = "、".join(reading.unknown)
        tell(register_row.words()["file"]["unknown"].format(columns=columns))
    for problem in reading.bad:
        value = problem.value or said["nothing"]
        tell(said["row"].format(row=problem.row, value=value, problem=problem.what))
    for problem in reading.shared:
        tell(problem.what)
    tell(said["applied" if keep else "dry_run"].format(file=file.name, **counts))
    if not keep:
        tell(said["dry_run_end"])
    return not reading.bad


def take_out(ledger: Ledger, file: Path, *, tell: Tell) -> None:
    """Write the register; the audit knows. Raises SheetError or LedgerError."""
    everybody = residents.everybody(ledger.store)
    detail = {"count": len(everybody)}
    audit.record(
        ledger.store, at=clock.now(), by=whoever(), what="residents.exported", detail=detail
    )
    sheets.write(file, register.table(everybody))
    tell(register_row.words()["told"]["exported"].format(count=len(everybody), file=file))


def forget_one(
    settings: Settings,
    ledger: Ledger,
    who: str,
    *,
    sure: Callable[[str], bool] | None,
    tell: Tell,
) -> bool:
    """Forget whoever has this name or number in the ledger; False when it was not done."""
    said = words()["forget"]
    found = _found(ledger, who)
    if len(found) != 1:
        _unsure(found, who, tell)
        return False
    if sure is not None and not sure(said["sure"].format(**_shown(found[0]))):
        return False
    waiting = [request.number for request in ledger.open_requests(found[0].id)]
    if waiting:
        tell(said["open"].format(numbers="、".join(waiting)))
        return False
    try:
        done = forget(settings, ledger, found[0].id or 0, by=whoever(), at=clock.now())
    except ForgetError as error:
        tell(str(error))
        return False
    tell(
        said["done"].format(
            requests=done.requests,
            conversations=done.conversations,
            recordings=len(done.recordings),
            messages=len(done.messages),
        )
    )
    backups = backups_with(settings)
    if backups:
        tell(said["backups"].format(count=backups))
    return True


def copy_one(settings: Settings, ledger: Ledger, who: str, folder: Path, *, tell: Tell) -> bool:
    """Write all that is kept of whoever has this name or number; False when it was not done."""
    from .own_copy import write

    found = _found(ledger, who)
    if len(found) != 1:
        _unsure(found, who, tell)
        return False
    write(settings, ledger, found[0], folder, by=whoever(), tell=tell)
    return True


def _unsure(found: tuple[Resident, ...], who: str, tell: Tell) -> None:
    said = words()["forget"]
    tell((said["several"] if found else said["unknown"]).format(count=len(found), name=who))
    for each in found:
        tell(said["candidate"].format(**_shown(each)))


def _found(ledger: Ledger, who: str) -> tuple[Resident, ...]:
    if who.isdecimal():
        try:
            return (ledger.resident(int(who)),)
        except UnknownResident:
            return ()
    return ledger.residents_by_name(who)


def _shown(resident: Resident) -> dict[str, Any]:
    return {
        "id": resident.id,
        "name": resident.name,
        "card": resident.card or "",
        "address": resident.address,
    }
