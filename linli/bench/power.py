"""A machine that loses its power: systemd, services and an upgrade killed together, started again.

    python -m linli.bench.power MACHINE RELEASE [--cuts N] [--seed N]

as root. MACHINE is a folder with a Debian on which a bundle was installed (`chroot MACHINE sh
install`, or on a booted one); RELEASE a second one in its `releases`. The machine's own systemd
is started in namespaces of its own, without any network but its loopback. Back and forth between
the two releases it is upgraded; at a moment drawn evenly from the time in which the station stands
still, every process is killed at once (SIGKILL), and the machine is started again. Requests are
filed all the while; what was acknowledged is kept outside. What the kernel has not yet written
survives here, as it would not on a real machine: that is what the ledger's fsync is for.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

from .power_machine import Machine


def main(arguments: list[str] | None = None) -> int:
    """Cut after cut, a JSON object each; 1 where something was lost or did not come up."""
    parser = argparse.ArgumentParser(prog="python -m linli.bench.power")
    parser.add_argument("machine", type=Path)
    parser.add_argument("release")
    parser.add_argument("--cuts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    machine, draw = Machine(wanted.machine.absolute()), random.Random(wanted.seed)  # noqa: S311
    names = {machine.release(), wanted.release}
    failed = False
    try:
        _tell({"boot_s": round(machine.boot(), 1)})
        whole = machine.upgrade(_other(names, machine))
        _tell({"whole": whole, "release": machine.release()})
        for number in range(wanted.cuts):
            row = _cut(machine, _other(names, machine), draw.uniform(0, whole["critical"]))
            well = row["up"] and not (row["lost"] or row["wrong"] or row["under_way"])
            failed |= not well or row["release"] not in names
            _tell({"cut": number, **row})
    finally:
        if machine.init:
            machine.cut()
    return int(failed)


def _other(names: set[str], machine: Machine) -> str:
    """The release that is not in use."""
    return (names - {machine.release()}).pop()


def _cut(machine: Machine, release: str, at: float) -> dict[str, object]:
    """An upgrade; `at` seconds after the station was stopped the power goes. What stands then."""
    machine.upgrade(release, at)
    if machine.init:
        machine.cut()
    up = machine.boot()
    told = machine.told()
    return {
        "at_s": round(at, 1),
        "boot_s": round(up, 1),
        "release": machine.release(),
        "promised": len(machine.promised),
        "lost": len(machine.promised - set(told["uids"])),
        "wrong": told["wrong"],
        "under_way": machine.under_way(),
        "up": machine.up(),
    }


def _tell(row: dict[str, object]) -> None:
    print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
