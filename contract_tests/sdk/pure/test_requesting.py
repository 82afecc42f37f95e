"""Whatever the list says after a lost answer: the right job is adopted, or asked for again.

The flow is driven by hand; a second, independent description says what it should do.
"""

import json
from datetime import timedelta
from email.utils import format_datetime
from random import Random

import pytest
from helpers import api
from hypothesis import given
from hypothesis import strategies as st
from prolific_exports import ExportFilter, ExportRef, NoAnswerError
from prolific_exports._flows._calls import Caller, Context
from prolific_exports._flows._effects import ApiReply, Send, Sleep
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._requesting import post_export
from prolific_exports._model._redactor import Redactor
from prolific_exports.testing import FakeClock

IDS = api.job_ids(6)
FRESH_ID = api.OTHER_EXPORT_ID
STUDIES = st.sampled_from([None, "65a1", "65a2"])
STATUSES = st.sampled_from(["generating", "complete", "failed", "queued"])
# Seconds between the job's creation and the request; below 0 it came after. What is within two
# seconds before may be either: a Date has whole seconds, and so may a job's time.
AGES = st.floats(-8, 0) | st.floats(2.001, 10**6)


class LossyApi:
    """Loses answers; then shows a list."""

    def __init__(self, jobs, skew, slowness, lost):
        self.clock = FakeClock()
        self.skew = skew
        self.slowness = slowness
        self.lost = lost
        self.posts = 0
        self.asked = self.clock.now() + skew
        self.jobs = [
            api.listed(
                export_id,
                status,
                (self.asked - timedelta(seconds=age)).isoformat(),
                None if study is None else {"study_id": study},
            )
            for export_id, (status, study, age) in zip(IDS, jobs, strict=False)
        ]

    def answer(self, send, ref):
        self.clock.advance(self.slowness)
        date = format_datetime((self.clock.now() + self.skew).replace(microsecond=0), usegmt=True)
        if send.request.method == "GET":
            return ApiReply(200, {"date": date}, json.dumps(self.jobs).encode())
        self.posts += 1
        if self.posts <= self.lost:
            raise NoAnswerError("lost", operation="POST", ref=ref, sent=True)
        body = {"status": "generating", "export_id": FRESH_ID}
        return ApiReply(202, {"date": date}, json.dumps(body).encode())

    def run(self, ref):
        context = Context(self.clock, Random(7), Redactor(), lambda _: None)
        flow = post_export(ref, Caller(context, Policy(), self.clock.monotonic() + 600))
        try:
            effect = next(flow)
            while True:
                match effect:
                    case Send():
                        try:
                            reply = self.answer(effect, ref)
                        except NoAnswerError as error:
                            effect = flow.throw(error)
                        else:
                            effect = flow.send(reply)
                    case Sleep():
                        self.clock.sleep(effect.seconds)
                        effect = next(flow)
        except StopIteration as stop:
            return stop.value.export_id


def expected(jobs, wanted):
    """The id that is adopted."""
    same = [
        (i, status, age)
        for i, (status, study, age) in zip(IDS, jobs, strict=False)
        if study == wanted
    ]
    running = [i for i, status, _ in same if status == "generating"]
    young = [i for i, status, age in same if status in ("complete", "queued") and age <= 0]
    return next(iter(running + young), None)


@given(
    st.lists(st.tuples(STATUSES, STUDIES, AGES), max_size=6),
    STUDIES,
    st.timedeltas(timedelta(days=-4000), timedelta(days=4000)),
    st.floats(0, 8),
    st.integers(0, 2),
)
def test_matching_job_is_adopted_or_the_request_repeated(jobs, wanted, skew, slowness, lost):
    lossy_api = LossyApi(jobs, skew, slowness, lost)
    ref = ExportRef("batch", "65f0", filter=ExportFilter(wanted) if wanted else None)
    adopted = expected(jobs, wanted)
    if lost and adopted is not None:
        assert lossy_api.run(ref) == adopted
        assert lossy_api.posts == 1
    elif lost == 2:
        with pytest.raises(NoAnswerError):
            lossy_api.run(ref)
        assert lossy_api.posts == 2
    else:
        assert lossy_api.run(ref) == FRESH_ID
        assert lossy_api.posts == 1 + lost
