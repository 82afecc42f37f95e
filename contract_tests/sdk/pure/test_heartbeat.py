"""A heartbeat calls its function until it is stopped."""

import threading

from prolific_exports._download._heartbeat import beat


def test_heartbeat_continues_after_a_failure_until_stopped():
    beats = threading.Semaphore(0)

    def act():
        beats.release()
        raise OSError(5, "Input/output error")

    stop = beat(act, 0)
    assert beats.acquire(timeout=30)
    assert beats.acquire(timeout=30)
    stop()
    assert not [one for one in threading.enumerate() if one.name == "prolific-claim"]


def test_heartbeat_stopped_early_never_beats():
    beats = []
    beat(lambda: beats.append(1), 3600)()
    assert beats == []


def test_heartbeat_without_threads_does_nothing(monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    beats = []
    beat(lambda: beats.append(1), 0)()
    assert beats == []
