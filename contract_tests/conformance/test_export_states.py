"""Every state of the contract is known wherever the packages distinguish states."""

from importlib.resources import files
from typing import get_args

import prolific_exports
import pytest
from prolific_contract import STATES, UNFINISHED
from prolific_contract.gate.reports import _html
from prolific_contract.gate.reports._html import _conversation, _timeline
from prolific_exports._model import _states

STYLE = files(_html) / "assets" / "report.css"
UNKNOWN = "some other state"


@pytest.mark.parametrize("kind", ["Batch", "Collection"])
def test_contract_sdk_and_gate_have_the_same_states(contract, kind):
    union = contract["components"]["schemas"][f"{kind}ExportStatus"]
    classes = get_args(prolific_exports.ExportState)
    assert set(union["discriminator"]["mapping"]) == set(STATES)
    assert len(union["oneOf"]) == len(STATES)
    assert set(_states.STATUSES) == {state.status for state in classes} == set(STATES)
    assert _states.UNFINISHED == UNFINISHED


def test_every_state_is_a_public_class():
    names = [state.__name__ for state in get_args(prolific_exports.ExportState)]
    assert names == [name for name in names if name in prolific_exports.__all__]


def test_unfinished_states_have_the_id_to_poll():
    for state in get_args(prolific_exports.ExportState):
        assert ("export_id" in state.__annotations__) == (state.status in _states.UNFINISHED)


@pytest.mark.parametrize("state", STATES)
def test_timeline_distinguishes_every_state(state):
    shapes = {name: _timeline._shape(name, 0) for name in (*STATES, UNKNOWN)}
    drawn = [(shape.tag, sorted(shape.attrib.items())) for shape in shapes.values()]
    assert len({str(one) for one in drawn}) == len(STATES) + 1
    assert shapes[state].attrib["class"] == state
    assert state in _conversation.LEGEND
    assert f"\nsvg .{state} {{" in STYLE.read_text(encoding="utf-8")
