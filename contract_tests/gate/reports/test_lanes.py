"""The course of jobs as the conversation heard of it."""

from helpers import traces
from prolific_contract.gate.reports._html._lanes import lanes
from prolific_contract.gate.trace._exchanges import Credential, HttpResponse


def course(lane):
    return [moment.state for moment in lane.responses]


def test_lane_spans_a_job_from_request_to_end():
    talk = traces.Talk()
    talk.request(traces.generating())
    talk.poll(traces.running())
    talk.poll(traces.complete())
    talk.request(traces.complete())

    (lane,) = lanes(talk.trace)

    assert (lane.kind, lane.resource_id, lane.export_id) == ("batch", "r1", traces.JOB)
    assert course(lane) == ["generating", "generating", "complete", "complete"]
    assert [[m.exchange.index for m in run] for run in lane.runs] == [[0, 1], [2, 3]]


def test_new_job_has_its_own_lane():
    talk = traces.Talk()
    talk.request(traces.generating())
    talk.poll(traces.failed())
    talk.request(traces.generating(traces.OTHER_JOB))
    talk.poll(traces.failed())

    assert [(lane.export_id, course(lane)) for lane in lanes(talk.trace)] == [
        (traces.JOB, ["generating", "failed", "failed"]),
        (traces.OTHER_JOB, ["generating"]),
    ]


def test_export_ready_at_once_has_no_id():
    talk = traces.Talk()
    talk.request(traces.complete())

    (lane,) = lanes(talk.trace)

    assert lane.export_id is None


def test_responses_without_state_are_shown_by_status():
    talk = traces.Talk()
    talk.request(traces.generating())
    talk.poll(traces.error(429))
    talk.poll(None)
    talk.poll(traces.json_answer(200, {"status": "odd"}))

    (lane,) = lanes(talk.trace)

    assert course(lane) == ["generating", "429", "no response", "200"]


def test_probes_archives_and_fuzzed_requests_are_left_out():
    talk = traces.Talk()
    talk.request(traces.generating(), credential=Credential.NONE)
    talk.request(traces.generating(), generated=True)
    talk.fetch(HttpResponse(200))
    talk.send("PUT", f"{traces.BASE}/api/v1/data-collection/batches/r1/export", traces.running())
    talk.poll(traces.error(404), export_id="unknown")

    assert lanes(talk.trace) == ()


def test_recording_without_credentials_has_lanes():
    talk = traces.Talk()
    talk.poll(traces.running(), credential=Credential.UNKNOWN)

    assert len(lanes(talk.trace)) == 1
