"""No `repr` gives a secret away: test runners and error trackers show variables by it."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import partial
from typing import Any

import attrs
import prolific_exports
from prolific_exports import Exports
from prolific_exports._download._range_request import Refuse
from prolific_exports._flows._effects import ApiReply, Fetch, FetchAll, Fetched, Head

TOKEN = "t0ken-of-a-test"
SECRET = "5ecret5ignature"
URL = f"https://store.example/a.zip?X-Amz-Signature={SECRET}"

# What a field holds that holds a secret, by its name.
PLANTED: dict[str, Any] = {
    "accept": partial(print, URL),
    "body": f"{TOKEN} {URL}".encode(),
    "data": bytearray(f"{TOKEN} {URL}", "ascii"),
    "evidence": f"{TOKEN} {URL}".encode(),
    "headers": {"location": URL, "authorization": TOKEN},
    "location": URL,
    "token": TOKEN,
    "url": URL,
    "write": partial(print, URL),
}
# What goes to the store is ours: ranges and tags.
HARMLESS = {(Fetch, "headers")}


def classes() -> Iterator[type]:
    for found in pkgutil.walk_packages(prolific_exports.__path__, "prolific_exports."):
        if found.name != "prolific_exports.__main__":
            module = importlib.import_module(found.name)
            for one in vars(module).values():
                if isinstance(one, type) and one.__module__ == found.name and attrs.has(one):
                    yield one


def with_secrets(cls: type) -> tuple[object, set[str]]:
    """An instance with every secret that it has a field for, and the names of those fields."""
    instance: Any = object.__new__(cls)
    planted: set[str] = set()
    for one in attrs.fields(cls):
        value = "" if (cls, one.name) in HARMLESS else PLANTED.get(one.name, "")
        object.__setattr__(instance, one.name, value)
        planted |= {one.name} & set(PLANTED)
    return instance, planted


def test_reprs_show_no_secrets():
    planted = set()
    for cls in classes():
        instance, names = with_secrets(cls)
        assert TOKEN not in repr(instance), cls
        assert SECRET not in repr(instance), cls
        planted |= names
    assert planted == set(PLANTED), "every name is one of a field"


def test_reprs_of_containers_show_no_secrets():
    head = Head(302, PLANTED["headers"])
    fetch = Fetch(URL, {}, 1.0, PLANTED["accept"], PLANTED["write"])
    shown = repr(
        [
            FetchAll((fetch,), print),
            Fetched(head, PLANTED["evidence"]),
            ApiReply(200, PLANTED["headers"], PLANTED["body"]),
            Refuse(f"a part that was not asked for ({URL})"),
            Exports(TOKEN)._flows,
        ]
    )
    assert TOKEN not in shown
    assert SECRET not in shown
    assert "status=302" in shown, "what is no secret helps"
