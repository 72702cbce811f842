"""What Asterisk tells becomes a fact, or nothing."""

from __future__ import annotations

from ivr.events import CallEnded, event_of


def test_only_the_dialplans_own_events_become_facts() -> None:
    assert event_of({"UserEvent": "LinliGone", "Call": "1", "Number": "2", "Next": "end"}) == (
        CallEnded("1", "2", "end")
    )
    assert event_of({"UserEvent": "LinliGone"}) is None
    assert event_of({"UserEvent": "Other", "Call": "1"}) is None
    assert event_of({"Event": "Hangup"}) is None
