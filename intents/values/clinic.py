"""Where the elder is to be seen: department, doctor, hospital."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intents.values.moment import Moments
from intents.values.reader import best, compiler
from intents.words.lists import WordList
from intents.words.matcher import Hit


class Clinic:
    """Reads appointments; words are in `rules/slots.yaml` and the lists."""

    def __init__(
        self, data: Mapping[str, Any], lists: Mapping[str, WordList], moments: Moments
    ) -> None:
        compiled = compiler(data)
        self._lists, self._moments = lists, moments
        self._doctor = compiled(data["doctor"]["pattern"])
        self._surnamed = compiled(data["doctor"]["said"])
        self._wanted = compiled(data["doctor"]["wanted"])
        self._gone = compiled(data["doctor"]["gone"])
        self._before = compiled(data["hospital"]["before"])
        self._no_surname = set(str(data["doctor"]["not_first"]))
        self._named_department = compiled(data["department"]["named"])
        self._spokesman = compiled(data["department"]["spokesman"])
        self._told = compiled(data["department"]["told"])
        self._tests = set(map(str, data["department"]["tests"]))
        self._body = [(compiled(row["re"]), str(row["name"])) for row in data["department"]["body"]]
        self._given_up = compiled(data["hospital"]["not"])
        self._generic = set(map(str, data["hospital"]["generic"]))
        self._any_hospital = compiled(data["hospital"]["any"])
        self._hospital_head = compiled(data["hospital"]["head"])
        self._hospital = compiled(data["hospital"]["pattern"])

    def department(self, text: str) -> str | None:
        """By name, else by what ails the elder, else by the part of the body."""
        text = self._spokesman.sub("", text)
        rest = self._told.sub("", text)
        return (self._department(rest) if rest != text else None) or self._department(text)

    def _department(self, text: str) -> str | None:
        named = self._lists["departments"].find(text)
        exact = self._meant_departments(text, named)
        if exact:
            first = best(self._lists["departments"], text, self._moments)
            put_right = first is not None and first.start > exact[0].start
            return first.payload if first and (first in exact or put_right) else exact[0].payload
        ills = self._lists["complaints"].find(text)
        if not ills:
            body = next((p for p, name in self._body if p.search(text)), None)
            return dict(self._body)[body] if body else None
        if ills[0].payload == "全科" and len(ills) > 1:
            ills = [hit for hit in ills if hit.payload != "全科"] or ills
        children = [hit for hit in ills if hit.payload == "儿科"]
        told = [hit for hit in ills if text[: hit.start].endswith(("是", "就是", "看"))]
        return (children or told or ills)[0].payload

    def _meant_departments(self, text: str, named: list[Hit[str]]) -> list[Hit[str]]:
        """Those asked for by name; a test that is told beside them (抽血) is not one."""
        named = [hit for hit in named if not self._moments.denied(text[: hit.start])] or named
        asked = [hit for hit in named if self._named_department.search(text, 0, hit.start)]
        called = [hit for hit in named if hit.words.endswith("科")]
        real = [hit for hit in named if hit.payload not in self._tests]
        both = [hit for hit in called if hit in asked]
        return both or called or asked or real or named

    def doctor(self, text: str) -> str | None:
        """The name with its title; of several the one who is asked for and to be had."""
        named = [m for m in self._doctor.finditer(text) if m["name"][0] not in self._no_surname]
        named = named or list(self._surnamed.finditer(text))
        gone = {m["name"] for m in named if self._gone.match(text, m.end())}
        there = [m for m in named if m["name"] not in gone] or named
        asked = [m for m in there if self._wanted.search(text, 0, m.start())]
        return next((m["name"] + m["title"] for m in (*asked, *there)), None)

    def hospital(self, text: str) -> str | None:
        """As the list has it, else as it was said; not where they went before, if one is named."""
        text = self._given_up.sub("，", text)
        rest = self._before.sub("，", text)
        return (self._hospital_in(rest) if rest != text else None) or self._hospital_in(text)

    def _hospital_in(self, text: str) -> str | None:
        fixes = [at for at in self._moments.corrects(text) if self._hospital.search(text, at - 1)]
        text = text[fixes[-1] - 1 :] if fixes else text
        match = self._hospital.search(text)
        name = match["name"] if match else None
        wide = self._any_hospital.search(text)
        if wide and (name is None or name in self._generic or wide["name"].endswith(name)):
            name = self._hospital_head.sub("", wide["name"])
        if name and name not in self._generic:
            known = self._lists["hospitals"].find(name)
            if known and known[0].length == len(name):
                return known[0].payload
            return name
        hit = best(self._lists["hospitals"], text, self._moments)
        return hit.payload if hit else None
