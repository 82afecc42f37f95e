"""What a fault makes of a reply: checks of the clean reply and the faulty one."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from prolific_contract.sandbox import NoReplyError, Reply

from helpers.export_requests import Outcome, body, content, looks
from helpers.reply_predicates import answered_at, created, listed, members, state

Check: TypeAlias = Callable[[Reply, Any], object]


def answered(status: int) -> Check:
    return lambda clean, reply: reply.status == status and content(reply) == content(clean)


def refused(status: int) -> Check:
    return lambda _clean, reply: reply.status == body(reply)["error"]["status"] == status


def of_type(content_type: str) -> Check:
    return lambda clean, reply: (
        reply.header("content-type") == content_type and content(reply) == content(clean)
    )


def says(change: Callable[[Any], Any]) -> Check:
    return lambda clean, reply: reply.status == clean.status and body(reply) == change(body(clean))


def bytes_are(change: Callable[[bytes], bytes]) -> Check:
    return lambda clean, reply: content(reply) == change(content(clean))


def error_says(change: Callable[[Any], Any]) -> Check:
    return says(lambda it: {"error": change(it["error"])})


def instead(how: str) -> Check:
    def check(clean: Reply, outcome: Outcome) -> bool:
        assert isinstance(outcome, NoReplyError)
        sent = None if outcome.reply is None else looks(outcome.reply)
        return outcome.how == how and sent == (looks(clean) if how == "cut" else None)

    return check


def moved(**by: int) -> Check:
    def check(clean: Reply, reply: Reply) -> bool:
        moment, right = (datetime.fromisoformat(body(one)["expires_at"]) for one in (reply, clean))
        rest = {**body(reply), "expires_at": body(clean)["expires_at"]}
        return moment - right == timedelta(**by) and rest == body(clean)

    return check


def ago(**time: int) -> Check:
    def check(_clean: Reply, reply: Reply) -> bool:
        return answered_at(reply) - datetime.fromisoformat(body(reply)["expires_at"]) == timedelta(
            **time
        )

    return check


def url_is(pattern: str) -> Check:
    return lambda clean, reply: (
        re.fullmatch(pattern, body(reply)["url"])
        and {**body(reply), "url": body(clean)["url"]} == body(clean)
    )


def holds(*, no: str) -> Check:
    return lambda clean, reply: (
        members(reply) == [name for name in members(clean) if not name.endswith(no)] != []
    )


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda it: {key: value for key, value in it.items() if key not in names}


def main_member(it: Mapping[str, Any]) -> str:
    return "export_id" if "export_id" in it else "url"


def is_page(_clean: Reply, reply: Reply) -> bool:
    return reply.header("content-type") == "text/html" and content(reply).startswith(b"<!doctype")


def as_authorized(clean: Reply, reply: Reply) -> bool:
    """A job or a list is succeeded; the job that was to be deleted is not there."""
    if content(clean) and reply.status == 404:
        return str(body(reply)["error"]["detail"]).endswith("no export with this id.")
    return reply.status < 300 and (state(reply) == "generating" or listed(reply))


def jobs_are(change: Callable[[Any], Any]) -> Check:
    return lambda clean, reply: reply.status == 200 and body(reply) == change(body(clean))


def each_job_is(change: Callable[[Any], Any]) -> Check:
    return jobs_are(lambda found: [change(job) for job in found])


def times_are(change: Callable[[datetime, datetime], datetime]) -> Check:
    def check(clean: Reply, reply: Reply) -> bool:
        times = [change(one, answered_at(clean)) for one in created(clean)]
        return created(reply) == times and [{**job, "created_at": ""} for job in body(reply)] == [
            {**job, "created_at": ""} for job in body(clean)
        ]

    return check


def found_elsewhere(_clean: Reply, reply: Reply) -> bool:
    return reply.status == 204 or state(reply) == "generating"
