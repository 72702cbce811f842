"""Facts: what is counted of each request, kept beside it, so that a year is counted in a second.

`refresh` brings them up to date with everything that has happened since; it costs what is
new, not what is there. A fact names nobody, so it stays when its request is erased: last
year's figures remain. Where its person asks to be forgotten, it forgets the village, too.
"""

from __future__ import annotations

from typing import Final

from .store import Store

BATCH: Final = 2_000
"""Events looked at in one transaction, so that nobody waits long for the ledger."""

# Who answered first is told by the history, whatever became of it: taken back or not. An
# elder who withdraws, or the machine that sorts, has not answered.
_TAKEN: Final = """
    SELECT
        requests.id, :upto, requests.day,
        CAST(strftime('%H', requests.created, '+8 hours') AS INTEGER), requests.created,
        requests.intent, requests.channel, COALESCE(residents.village, ''), requests.status,
        requests.kind, requests.priority, requests.unfinished,
        EXISTS (
            SELECT 1 FROM events AS fixed
            WHERE fixed.request_id = requests.id AND fixed.what = 'changed'
            AND fixed.by NOT IN ('elder', 'linli') AND fixed.undoes IS NULL
            AND (json_type(fixed.new, '$.slots') = 'object'
                OR json_type(fixed.new, '$.intent') = 'text')
            AND NOT EXISTS (SELECT 1 FROM events AS undone WHERE undone.undoes = fixed.id)),
        (
            SELECT MAX(0, strftime('%s', MIN(taken.at)) - strftime('%s', requests.created))
            FROM events AS taken
            WHERE taken.request_id = requests.id AND taken.what = 'status'
            AND taken.by NOT IN ('elder', 'linli')
            AND json_extract(taken.old, '$.status') = 'new'),
        MAX(0, strftime('%s', requests.closed) - strftime('%s', requests.created)),
        MAX(0, strftime('%s', NULLIF(requests.acknowledged, ''))
            - strftime('%s', requests.created)),
        (
            SELECT CAST(ROUND(100 * AVG(confidence)) AS INTEGER) FROM utterances
            WHERE utterances.conversation_id = requests.conversation_id
            AND kind = 'heard' AND text <> ''),
        (SELECT score FROM satisfaction WHERE satisfaction.request_id = requests.id),
        requests.merged <> ''
    FROM requests LEFT JOIN residents ON residents.id = requests.resident_id
    WHERE requests.id IN (
        SELECT request_id FROM events WHERE id > :since AND id <= :upto)
"""


def refresh(store: Store) -> int:
    """Look at every event since the last time; gives how many facts were written.

    Raises LedgerError.
    """
    count = 0
    while True:
        with store.writing("count the requests", durable=False) as db:
            (since,) = db.execute("SELECT COALESCE(MAX(event), 0) FROM facts").fetchone()
            (upto,) = db.execute(
                "SELECT MAX(id) FROM (SELECT id FROM events WHERE id > ? ORDER BY id LIMIT ?)",
                (since, BATCH),
            ).fetchone()
            if upto is None:
                return count
            done = db.execute(
                f"INSERT OR REPLACE INTO facts {_TAKEN}",
                {"since": since, "upto": upto},
            )
            count += done.rowcount
