"""The course of jobs as the conversation heard of it."""

from helpers import traces
from prolific_contract.gate.reports._html._lanes import lanes
from prolific_contract.gate.trace import Credential, HttpResponse


def course(lane):
    return [moment.state for moment in lane.responses]


def test_lane_spans_a_job_from_request_to_end():
    builder = traces.TraceBuilder()
    builder.request(traces.generating())
    builder.poll(traces.running())
    builder.poll(traces.complete())
    builder.request(traces.complete())

    (lane,) = lanes(builder.trace)

    assert (lane.kind, lane.resource_id, lane.export_id) == ("batch", "r1", traces.JOB)
    assert course(lane) == ["generating", "generating", "complete", "complete"]
    assert [[m.exchange.index for m in run] for run in lane.runs] == [[0, 1], [2, 3]]


def test_new_job_has_its_own_lane():
    builder = traces.TraceBuilder()
    builder.request(traces.generating())
    builder.poll(traces.failed())
    builder.request(traces.generating(traces.OTHER_JOB))
    builder.poll(traces.failed())

    assert [(lane.export_id, course(lane)) for lane in lanes(builder.trace)] == [
        (traces.JOB, ["generating", "failed", "failed"]),
        (traces.OTHER_JOB, ["generating"]),
    ]


def test_export_ready_at_once_has_no_id():
    builder = traces.TraceBuilder()
    builder.request(traces.complete())

    (lane,) = lanes(builder.trace)

    assert lane.export_id is None


def test_responses_without_state_are_shown_by_status():
    builder = traces.TraceBuilder()
    builder.request(traces.generating())
    builder.poll(traces.error(429))
    builder.poll(None)
    builder.poll(traces.json_answer(200, {"status": "odd"}))

    (lane,) = lanes(builder.trace)

    assert course(lane) == ["generating", "429", "no response", "200"]


def test_probes_archives_and_fuzzed_requests_are_left_out():
    builder = traces.TraceBuilder()
    builder.request(traces.generating(), credential=Credential.NONE)
    builder.request(traces.generating(), generated=True)
    builder.fetch(HttpResponse(200))
    builder.send("PUT", f"{traces.BASE}/api/v1/data-collection/batches/r1/export", traces.running())
    builder.poll(traces.error(404), export_id="unknown")

    assert lanes(builder.trace) == ()


def test_recording_without_credentials_has_lanes():
    builder = traces.TraceBuilder()
    builder.poll(traces.running(), credential=Credential.UNKNOWN)

    assert len(lanes(builder.trace)) == 1
