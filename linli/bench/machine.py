"""The machine a report was made on, without which its figures say little."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures depend on."""

    cpu: str
    """Model name."""
    cores: int
    """Logical cores this process may use."""
    memory_gb: float
    """Installed, 10⁹ bytes."""
    load: float
    """Runnable processes in the minute before the run: above `cores` the machine was busy."""
    python: str
    """Version."""

    def __str__(self) -> str:
        """One line for the head of a report."""
        return (
            f"{self.cpu}, {self.cores} cores, {self.memory_gb:.0f} GB, load {self.load:.1f},"
            f" Python {self.python}"
        )


def here() -> Machine:
    """This machine, now."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=psutil.virtual_memory().total / 1e9,
        load=os.getloadavg()[0],
        python=platform.python_version(),
    )


def _cpu() -> str:
    """The model name; some boards have none and say what they are elsewhere."""
    for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip() in {"model name", "Model"} and value.strip():
            return value.strip()
    return platform.machine()
