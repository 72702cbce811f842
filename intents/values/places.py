"""Where from and where to."""

from __future__ import annotations

import re
from pathlib import Path

from intents.values.closer import Closer
from intents.words.data import load
from intents.words.lists import WordList
from intents.words.normalise import PAUSE
from intents.words.template import DIGITS

HOME = "家"
_APART = 6
_LEFT = 8
_TRAIL = 2
"""Characters that may follow one's home where nothing but the place is said (家里走)."""


class Places:
    """Reads places; words are in `rules/places.yaml` and `lists/places.yaml`."""

    def __init__(
        self, path: Path, known: WordList, kinship: WordList, correcting: re.Pattern[str]
    ) -> None:
        data = load(path)
        n = f"[{DIGITS}]"
        stops = str(data["stops"]).replace("N", n)
        free = rf"(?:(?!{stops})[^，])"
        named = rf"{free}{{0,10}}(?:{data['endings']})(?:的?{data['tail']})*"
        named += rf"(?:[上边里]?的?那[个家]{free}{{0,7}}(?:{data['endings']}))?"
        self._known, self._kinship = known, kinship
        self._closer = Closer(data["closer"], named)
        self._correcting = correcting
        self._to = re.compile(
            rf"{data['verbs']}(?:了)?(?:一趟|趟|一下|个)?(?:我们?|(?:他|她)(?!家|屋)|那个)?(?P<place>{named})"
        )
        self._round = re.compile(r"到(?P<place>[^，]{2,10}?)去(?!接)")
        self._open = re.compile(
            rf"{data['verbs']}(?:趟|一趟)?(?P<place>{free}{{2,8}})(?={stops}|$)"
        )
        self._event = re.compile(str(data["event"]).replace("PLACE", named))
        self._fixed = re.compile(rf"，?(?:应该)?(?:是|要去|去|到)(?P<place>{named})")
        self._refused = re.compile(rf"{data['refused']}(?P<place>{named})(?=，|$|的)")
        self._lies = re.compile(str(data["lies"]).replace("PLACE", named))
        self._alone = re.compile(rf"(?:^|，)(?P<place>{named})(?:{data['known']})?(?=，|$)")
        self._theirs = re.compile(data["theirs"])
        self._origin = [
            re.compile(str(source).replace("PLACE", rf"(?:我们?|咱们?|俺)?{named}"))
            for source in data["origin"]
        ]
        self._beside = re.compile(data["beside"])
        self._standing = re.compile(str(data["standing"]).replace("PLACE", named))
        self._goes = re.compile(data["goes"])
        self._taken_home = re.compile(data["taken_home"])
        self._round_trip = re.compile(data["round_trip"])
        self._home = re.compile(data["home"])
        self._own_home, self._homes = re.compile(data["own_home"]), re.compile(data["homes"])
        self._not = set(map(str, data["not_place"]))
        self._strip, self._street = re.compile(data["strip"]), re.compile(data["street"])
        self._there = re.compile(data["there"])
        self._kin_at = re.compile(
            rf"^(?:{data['verbs']})?(?P<place>[^，我他她]{{2,8}}?)的?(?:我们?|他|她)(?P<who>[^，]{{1,4}}?)"
            rf"(?:{data['homes'].rstrip('$')})(?=，|$)"
        )
        self._named = re.compile(rf"^(?:{data['verbs']})?(?P<place>{named})")
        self._left = re.compile(rf"{free}{{1,{_LEFT}}}$")
        self._talk = str(data["talk"])
        self._clock = re.compile(data["clock"])
        self._not_there = re.compile(data["not_there"])
        self._right = re.compile(rf"(?:的?{data['tail']})+")
        self._before = re.compile(rf"(?:{data['verbs']})(?:了)?(?:一趟|趟)?$")

    def origin(self, text: str) -> tuple[str, int, int] | None:
        """The place of departure and where it is said."""
        for pattern in self._origin:
            for match in pattern.finditer(text):
                name = match["place"]
                if self._own_home.match(name):
                    return HOME, *match.span("place")
                if name := self._clean(name):
                    return name, *match.span("place")
        return None

    def standing(self, text: str) -> str | None:
        """Where they are, where a clause says nothing but that (在老体育场)."""
        match = self._standing.search(text)
        return self._clean(match["place"]) or None if match else None

    def goes(self, text: str) -> bool:
        """Whether the words tell where to, and not where from."""
        return self._goes.search(text) is not None

    def destination(self, text: str, *, open_end: bool) -> str | None:
        """Where to; `open_end` takes any words after a verb of going.

        What is long ago, on the way or only asked counts where no other place is named.
        """
        rest = self._beside.sub(lambda match: "，" * len(match.group()), text)
        found = self._destination(rest, open_end) if rest != text else None
        return found or self._destination(text, open_end)

    def _destination(self, text: str, open_end: bool) -> str | None:
        start = self.origin(text)
        body = text
        if start:
            body = text[: start[1]] + "，" * (start[2] - start[1]) + text[start[2] :]
        home = self._taken_home.search(text) and not self._round_trip.search(text)
        chosen: str | None = HOME if home else None
        last = -1
        fixes = [m.end() for m in self._correcting.finditer(body)]
        for end, name in self._candidates(body):
            if chosen is None or any(last <= fix <= end for fix in fixes):
                chosen, last = name, end
        if chosen and fixes:
            chosen = self._clean(self._closer(body[fixes[-1] :], chosen) or "") or chosen
        elif chosen != HOME:
            chosen = self._clean(self._closer(body, self._whose(body, chosen)) or "")
        if chosen:
            return chosen
        if self._home.search(body):
            return HOME
        return self._unnamed(body, fixes) if open_end else None

    def _whose(self, body: str, chosen: str | None) -> str | None:
        """她屋头: the home of the one who was named first before it."""
        if chosen is None or not self._theirs.match(chosen):
            return chosen
        named = self._kinship.find(body[: body.find(chosen)])
        return named[0].payload + HOME if named else chosen

    def _unnamed(self, body: str, fixes: list[int]) -> str | None:
        """Any words after a verb of going, the last after a correction, or where somebody lives."""
        going = [m for m in self._open.finditer(body) if self._clean(m["place"])]
        after = [m for m in going if any(fix <= m.start() + 1 for fix in fixes)]
        if meant := (after or going)[:1]:
            return self._clean(meant[0]["place"])
        lies = self._lies.search(body)
        return self._clean(lies["place"] or lies["place2"]) or None if lies else None

    def _candidates(self, body: str) -> list[tuple[int, str]]:
        """Where each named place ends, and its name; only weaker ones when no verb goes there."""
        named = [
            (m, name)
            for pattern in (self._to, self._event)
            for m in pattern.finditer(body)
            if not self._denied(body, m.start()) and (name := self._clean(m["place"]))
        ]
        found = [(m.end("place"), name) for m, name in named]
        if not found:
            found = [
                (m.end("place"), name)
                for m in self._round.finditer(body)
                if (name := self._clean(m["place"]))
            ]
        for hit in self._known.find(body):
            near = any(abs(end - hit.end) < _APART for end, _ in found)
            near = near or any(m.start() <= hit.start and hit.end <= m.end() for m, _ in named)
            going = self._before.search(body, 0, hit.start)
            if self._not_there.search(body, 0, hit.start):
                continue
            fixed = any(0 <= hit.start - m.end() <= 3 for m in self._correcting.finditer(body))
            if hit.length > 1 and not near and (going or fixed or not found):
                found.append((hit.end, self._longer(body, hit.start, hit.end, hit.payload)))
        if not found:
            found = [
                (m.end("place"), name)
                for m in self._alone.finditer(body)
                if (name := self._clean(m["place"]))
            ]
        return sorted(self._put_right(body, found))

    def _put_right(self, body: str, found: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """不对，是第二医院 · 不是派出所……去公证处: what stands after a correction, or is denied."""
        for fix in self._correcting.finditer(body):
            meant = self._fixed.match(body, fix.end())
            if meant and (name := self._clean(meant["place"])):
                found = [*found, (meant.end("place"), name)]
        denied = {self._clean(match["place"]) for match in self._refused.finditer(body)}
        return [one for one in found if one[1] not in denied] or found

    def _denied(self, body: str, start: int) -> bool:
        return body[max(0, start - 1) : start] in ("不", "别", "没") or body[
            max(0, start - 1) : start + 1
        ] in ("走到", "轮到", "等到", "直到", "做到")

    def _longer(self, text: str, start: int, end: int, name: str) -> str:
        """A known place with what stands before and after it (郑州东站, 机场三号航站楼)."""
        left, right = self._left.search(text, 0, start), self._right.match(text, end)
        if left is None and right is None:
            return name
        head = self._strip.sub("", self._clock.split(left.group())[-1]) if left else ""
        if left and self._left_is_talk(head):
            head = ""
        tail = right.group() if right else ""
        return head + text[start:end] + tail if head or tail else name

    def _left_is_talk(self, head: str) -> bool:
        return len(head) == 1 or head[-1:] in self._talk

    def own_door(self, text: str) -> bool:
        """Whether a text says nothing but that they wait at home (家门口, 楼下)."""
        return bool(self._own_home.match(text.strip("，")))

    def bare(self, text: str) -> str | None:
        """The place of an answer that is nothing but a place: the last that is put right."""
        fixes = [match.end() for match in self._correcting.finditer(text)]
        for fix in reversed(fixes):
            meant = self._fixed.match(text, fix) or self._named.match(text[fix:].strip(PAUSE))
            if meant and (name := self._clean(meant["place"])):
                return self._clean(self._closer(text, name) or "") or name
        if at := self._at_kin(text):
            return at
        match = self._named.match(text)
        name = self._clean(match["place"]) if match else ""
        if match and name and (name != HOME or self._ends(text, match.end())):
            return name
        going = self.destination(text, open_end=False)
        if going:
            return going
        hits = self._known.find(text)
        hits = [hit for hit in hits if hit.payload != HOME or self._ends(text, hit.end)]
        return hits[0].payload if hits else None

    def _at_kin(self, text: str) -> str | None:
        """到莲花池我妹妹家: whose home it is, and where."""
        match = self._kin_at.match(text)
        kin = self._kinship.find(match["who"]) if match else []
        if match is None or not kin or kin[0].length < len(match["who"]):
            return None
        return match["place"] + kin[0].payload + HOME

    def _ends(self, text: str, at: int) -> bool:
        """Whether next to nothing follows: 我家那个狗又在叫 names no place."""
        return len(text[at:].partition("，")[0]) <= _TRAIL

    def _clean(self, name: str) -> str:
        name = self._strip.sub("", name).strip("的，").replace("那个", "").replace("这个", "")
        name = self._street.sub(r"\1", name)
        if not self._kinship.find(name):
            name = self._there.sub("", name)
        hits = self._known.find(name)
        if hits and hits[0].length == len(name):
            name = hits[0].payload
        elif (home := self._homes.search(name)) and home.start():
            who = name[: home.start()].removeprefix("我").removesuffix("的").removesuffix("她")
            kin = self._kinship.find(who)
            if kin and kin[0].length == len(who):
                name = kin[0].payload + HOME
        if name in self._not or (len(name) < 2 and name != HOME):
            return ""
        return HOME if name in ("家里", "我家") else name
