"""A telephone as a program: calls or is called, speaks a file, presses keys, records what it hears.

Says what happens on stdout, a JSON object a line with `event` and `at` (seconds since start):
ready, registered, refused, ringing, media, answered, spoke, key, ended; the last line is `event:
done` with everything. Takes orders on stdin, a line each: `play WAV`, `keys 12#`, `hangup`,
`answer`, `stop` (playing). Ends with 0 when a call was answered and ended.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pjsua2 as pj

RATE = 16_000
T0 = time.monotonic()


def now() -> float:
    return round(time.monotonic() - T0, 3)


def tell(event: str, **more: Any) -> None:
    print(json.dumps({"event": event, "at": now(), **more}, ensure_ascii=False), flush=True)


class Call(pj.Call):
    """One call; what it plays and records hangs on it."""

    def __init__(self, phone: Phone, account: pj.Account, id_: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, id_)
        self.phone = phone
        self.sound: Any = None
        self.recorder: Any = None
        self.player: Any = None
        self.answered: float | None = None
        self.ended: float | None = None
        self.code = 0
        self.media_at: float | None = None
        self.received: list[str] = []
        self.rtp: dict[str, Any] = {}

    def onCallState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY:
            tell("ringing", code=info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.answered = now()
            tell("answered")
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.ended, self.code = now(), info.lastStatusCode
            tell("ended", code=info.lastStatusCode, reason=info.lastReason)

    def onCallMediaState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()  # kept: the list of media dangles without it
        if self.sound is not None:
            return
        for index in range(len(info.media)):
            medium = info.media[index]
            active = medium.status == pj.PJSUA_CALL_MEDIA_ACTIVE
            if medium.type == pj.PJMEDIA_TYPE_AUDIO and active:
                self.sound = self.getAudioMedia(index)
                self.media_at = now()
                if self.phone.options.record:
                    self.recorder = pj.AudioMediaRecorder()
                    self.recorder.createRecorder(self.phone.options.record)
                    self.sound.startTransmit(self.recorder)
                tell("media")

    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        self.received.append(prm.digit)
        tell("key", digit=prm.digit)

    def onStreamDestroyed(self, prm: Any) -> None:  # noqa: N802
        try:
            stat = self.getStreamStat(prm.streamIdx).rtcp
            codec = self.getStreamInfo(prm.streamIdx).codecName
        except pj.Error:
            return
        self.rtp = {
            "sent": stat.txStat.pkt,
            "received": stat.rxStat.pkt,
            "lost": stat.rxStat.loss,
            "jitter_us": stat.rxStat.jitterUsec.mean,
            "codec": codec,
        }

    def play(self, path: str) -> None:
        self.stop()
        self.player = pj.AudioMediaPlayer()
        self.phone.players.append(self.player)
        self.player.createPlayer(path, pj.PJMEDIA_FILE_NO_LOOP)
        self.player.startTransmit(self.sound)
        tell("spoke", file=Path(path).name)

    def stop(self) -> None:
        if self.player is not None:
            self.player.stopTransmit(self.sound)
            self.player = None


class Account(pj.Account):
    """Who this telephone is."""

    def __init__(self, phone: Phone) -> None:
        super().__init__()
        self.phone = phone

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        call = Call(self.phone, self, prm.callId)
        elsewhere = f"sip:{self.phone.options.only}" not in call.getInfo().localUri
        if self.phone.call is not None or elsewhere:
            busy = pj.CallOpParam()
            busy.statusCode = 404 if elsewhere else 486
            call.answer(busy)
            return
        self.phone.call = call
        tell("incoming", caller=call.getInfo().remoteUri)
        reply = pj.CallOpParam()
        reply.statusCode = 180
        call.answer(reply)
        self.phone.rung_at = now()

    def onRegState(self, prm: Any) -> None:  # noqa: N802
        tell("registered" if prm.code == 200 else "refused", code=prm.code)


class Phone:
    """Endpoint, account and at most one call."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.call: Call | None = None
        self.rung_at: float | None = None
        self.players: list[Any] = []  # to the end: PJSIP tells a player late that its file is over
        self.endpoint = pj.Endpoint()
        self.account = Account(self)
        self.orders: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._open()

    def _open(self) -> None:
        options, endpoint = self.options, self.endpoint
        endpoint.libCreate()
        config = pj.EpConfig()
        config.logConfig.level = config.logConfig.consoleLevel = options.log
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.medConfig.clockRate = config.medConfig.sndClockRate = RATE
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        endpoint.libInit(config)
        transport = pj.TransportConfig()
        transport.port = options.port
        transport.boundAddress = transport.publicAddress = options.address
        endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        endpoint.libStart()
        endpoint.audDevManager().setNullDev()
        for codec in endpoint.codecEnum2():
            endpoint.codecSetPriority(codec.codecId, 255 * (codec.codecId == options.codec))
        account = pj.AccountConfig()
        name = f'"{options.name}" ' if options.name else ""
        account.idUri = f"{name}<sip:{options.user}@{options.domain or options.address}>"
        account.mediaConfig.transportConfig.boundAddress = options.address
        account.mediaConfig.transportConfig.publicAddress = options.address
        if options.password:
            login = pj.AuthCredInfo(
                "digest", "*", options.login or options.user, 0, options.password
            )
            account.sipConfig.authCreds.append(login)
        if options.register:
            account.regConfig.registrarUri = options.register
            account.regConfig.retryIntervalSec = 0
        self.account.create(account)
        tell("ready", port=endpoint.transportGetInfo(0).localName)

    def run(self) -> None:
        options = self.options
        threading.Thread(target=self._listen, daemon=True).start()
        if options.uri:
            self.call = Call(self, self.account)
            self.call.makeCall(options.uri, pj.CallOpParam(True))
        said = pressed = hung = answered = False
        while now() < options.longest:
            self.endpoint.libHandleEvents(10)
            while not self.orders.empty():
                if self._obey(self.orders.get()):
                    return
            call = self.call
            if call is None:
                continue
            if call.ended is not None:
                if not options.patient or call.answered is not None:
                    return
                self.call = self.rung_at = None
                continue
            waited = self.rung_at is not None and now() - self.rung_at >= options.answer_after
            if waited and not answered and not options.never_answer:
                answered = True
                accept = pj.CallOpParam()
                accept.statusCode = 200
                call.answer(accept)
            begun = call.media_at if options.early else call.answered
            since = now() - begun if begun is not None and call.sound is not None else -1
            if options.play and not said and since >= options.play_after:
                said = True
                call.play(options.play)
            if options.keys and not pressed and since >= options.keys_after:
                pressed = True
                call.dialDtmf(options.keys)
            if options.hangup_after is not None and not hung and since >= options.hangup_after:
                hung = True
                call.hangup(pj.CallOpParam(True))

    def _listen(self) -> None:
        for line in sys.stdin:
            self.orders.put(line.strip())

    def _obey(self, order: str) -> bool:
        """Do what was said on stdin; true when all is over."""
        word, _, rest = order.partition(" ")
        call = self.call
        if word == "quit":
            return True
        if call is None or call.ended is not None:
            return False
        if word == "play":
            call.play(rest)
        elif word == "stop":
            call.stop()
        elif word == "keys":
            call.dialDtmf(rest)
        elif word == "hangup":
            call.hangup(pj.CallOpParam(True))
        elif word == "answer":
            accept = pj.CallOpParam()
            accept.statusCode = 200
            call.answer(accept)
        return False

    def close(self) -> dict[str, Any]:
        """Hang up, close the recording (only now it is whole), and tell everything."""
        call = self.call
        told: dict[str, Any] = {"answered": None, "ended": None, "code": 0}
        if call is not None:
            if call.ended is None:
                told["forced"] = True
                self.endpoint.hangupAllCalls()
                self._spin(1.0, lambda: call.ended is not None)
            told |= {"answered": call.answered, "ended": call.ended, "code": call.code}
            told |= {"media": call.media_at, "keys": call.received, "rtp": call.rtp}
            call.player = call.recorder = call.sound = None
        self.call = call = None
        gc.collect()
        self._spin(0.2)
        self.account.shutdown()
        del self.account
        gc.collect()
        return told

    def _spin(self, seconds: float, until: Any = None) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and until()):
            self.endpoint.libHandleEvents(10)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("uri", nargs="?", help="whom to call; left out: wait to be called")
    parser.add_argument("--address", default="127.0.0.1", help="own address")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--user", default="13800000000")
    parser.add_argument("--name", default="", help="display name")
    parser.add_argument("--domain", default="")
    parser.add_argument("--login", default="", help="user of the digest, if not --user")
    parser.add_argument("--password", default="")
    parser.add_argument("--register", default="", help="registrar's uri")
    parser.add_argument("--codec", default="PCMA/8000/1", help="or G722/16000/1, PCMU/8000/1")
    parser.add_argument("--play", help="wav to speak, 16-bit PCM")
    parser.add_argument("--play-after", type=float, default=0.5)
    parser.add_argument("--record", help="wav to write, 16 kHz, from the first sound on")
    parser.add_argument("--keys", default="")
    parser.add_argument("--keys-after", type=float, default=1.0)
    parser.add_argument("--hangup-after", type=float)
    parser.add_argument("--answer-after", type=float, default=0.2)
    parser.add_argument("--never-answer", action="store_true")
    parser.add_argument("--early", action="store_true", help="count from early media on")
    parser.add_argument("--only", default="", help="the one number rung here")
    parser.add_argument("--patient", action="store_true", help="who gives up may ring again")
    parser.add_argument("--longest", type=float, default=60)
    parser.add_argument("--log", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    phone = Phone(parsed())
    phone.run()
    told = phone.close()
    phone.endpoint.libDestroy()  # only this writes the recording's last samples
    tell("done", **told)
    os._exit(0 if told["answered"] is not None and told["ended"] is not None else 1)


if __name__ == "__main__":
    main()
