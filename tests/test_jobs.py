"""Which job is the next, and what becomes of those that cannot be done."""

from __future__ import annotations

import numpy as np

from linli.jobs import Job, Judge, Read, Task, Waiting
from voices.answers import YES_NO

QUIET = np.zeros(160, np.float32)
TEXT, ROUGH = Read(QUIET), Read(QUIET, rough=True)
ANSWER = Judge(QUIET, tuple(YES_NO), "", None, "phone")


def waiting(*tasks: Task, most: int = 10) -> tuple[Waiting, list[Job]]:
    queue, jobs = Waiting(most), [Job(task) for task in tasks]
    for job in jobs:
        queue.put(job)
    return queue, jobs


def test_short_answers_come_before_text_and_text_before_partial_text() -> None:
    queue, _ = waiting(ROUGH, TEXT, ANSWER, TEXT)
    taken = [queue.take() for _ in range(4)]
    assert [job.task for job in taken if job] == [ANSWER, TEXT, TEXT, ROUGH]


def test_what_was_cancelled_is_not_done() -> None:
    queue, (first, second) = waiting(TEXT, TEXT)
    first.answer.cancel()
    assert queue.take() is second


def test_where_too_much_waits_partial_texts_are_let_go_first() -> None:
    _, jobs = waiting(TEXT, ROUGH, TEXT, ANSWER, most=3)
    assert [job.answer.done() for job in jobs] == [False, True, False, False]
    assert jobs[1].answer.result().guard == "busy"


def test_a_job_whose_worker_died_comes_first() -> None:
    queue, (first, _) = waiting(TEXT, TEXT)
    assert queue.take() is first
    first.tries = 1
    queue.again(first)
    assert queue.take() is first


def test_after_closing_everything_is_answered_and_nobody_waits() -> None:
    queue, jobs = waiting(TEXT, ANSWER)
    queue.close()
    assert queue.take() is None
    assert jobs[0].answer.result().guard == "closed"
    assert jobs[1].answer.result().kind == "unsure"
    late = Job(TEXT)
    queue.put(late)
    assert late.answer.result().text == ""
