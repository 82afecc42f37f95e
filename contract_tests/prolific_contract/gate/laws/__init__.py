"""The laws: statements about every conversation with a conforming server, by family.

Each is a pure function over a trace. It never raises, whatever the trace holds, and says
where it was kept as well as where it was broken. It leans on what the exchanges
themselves show and never on the order in which the gate's own conversation goes about it.
"""

from typing import Final

from prolific_contract.gate.laws import (
    _filtering,
    _isolation,
    _managing,
    _shape,
    _time,
    _values,
)
from prolific_contract.gate.laws._law import Law

_FAMILIES: Final = ("shape", "value", "time", "isolation")


def _family(law: Law) -> int:
    return _FAMILIES.index(law.id.partition(".")[0])


LAWS: Final[tuple[Law, ...]] = tuple(
    sorted(
        (
            *_shape.LAWS,
            *_values.LAWS,
            *_time.LAWS,
            *_filtering.LAWS,
            *_isolation.LAWS,
            *_managing.LAWS,
        ),
        key=_family,
    )
)

_BY_ID: Final = {law.id: law for law in LAWS}


def law(law_id: str) -> Law:
    """The law of that id.

    Raises:
        KeyError: There is none.
    """
    return _BY_ID[law_id]


__all__ = ["LAWS", "law"]
