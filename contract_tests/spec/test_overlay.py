"""Applying an overlay, and what an overlay must say."""

import pytest
from prolific_contract import OverlayError
from prolific_contract.spec import dump_yaml
from prolific_contract.spec._overlay import OverlayEvidence, apply, parse_overlay, select

EVIDENCE = {"document": "documents/004", "discrepancy": "D-1"}


def overlay(*actions):
    return {
        "overlay": "1.0.0",
        "info": {"title": "t", "version": "1"},
        "actions": [{"x-evidence": EVIDENCE, **action} for action in actions],
    }


def applied(document, *actions, edition=None):
    return apply(document, select(parse_overlay(overlay(*actions)), edition))


class TestUpdate:
    def test_objects_merge_recursively(self):
        document = {"a": {"keep": 1, "change": "old", "inner": {"x": 1}, "list": [1]}}
        update = {"change": ["new"], "inner": {"y": 2}, "list": [2], "new": {"z": 3}}

        assert applied(document, {"target": "$.a", "update": update}) == {
            "a": {
                "keep": 1,
                "change": ["new"],
                "inner": {"x": 1, "y": 2},
                "list": [1, 2],
                "new": {"z": 3},
            }
        }

    def test_array_update_appends_an_entry(self):
        assert applied({"a": [1]}, {"target": "$.a", "update": {"b": 2}}) == {"a": [1, {"b": 2}]}

    def test_given_document_is_unchanged(self):
        document = {"a": {"b": [1]}}

        applied(document, {"target": "$.a", "update": {"b": [2]}})

        assert document == {"a": {"b": [1]}}

    def test_updated_nodes_get_separate_copies(self):
        document = {"a": {}, "b": {}, "c": []}

        result = applied(
            document,
            {"target": "$['a','b']", "update": {"new": {"type": "string"}, "list": [{}]}},
            {"target": "$.c", "update": {"x": {}}},
            {"target": "$.a.new", "update": {"format": "uuid"}},
            {"target": "$.a.list[0]", "update": {"k": 1}},
        )

        assert result["b"] == {"new": {"type": "string"}, "list": [{}]}
        assert "&" not in dump_yaml(result)

    def test_shared_node_is_not_changed_twice(self):
        shared = {"type": "string"}

        result = applied({"a": shared, "b": shared}, {"target": "$.a", "update": {"x": 1}})

        assert result == {"a": {"type": "string", "x": 1}, "b": {"type": "string"}}

    @pytest.mark.parametrize(
        ("target", "update"), [("$.p", {"a": 1}), ("$.p", "new"), ("$.o", "text"), ("$.o", [1])]
    )
    def test_invalid_merge_is_refused(self, target, update):
        with pytest.raises(OverlayError, match=r"action 1 .*merges an object into an object"):
            applied({"p": "primitive", "o": {}}, {"target": target, "update": update})


class TestRemove:
    def test_remove_deletes_exactly_the_matches(self):
        document = {"o": [{"n": 1}, {"n": 2}, {"n": 1}, {"n": 3}], "p": {"n": 1}}

        result = applied(document, {"target": "$.o[?(@.n == 1)]", "remove": True})

        assert result == {"o": [{"n": 2}, {"n": 3}], "p": {"n": 1}}

    def test_index_under_a_wildcard_selects_one_of_each(self):
        document = {"c": {"a": {"o": [1, 2, 3]}, "b": {"o": [4, 5]}}}

        result = applied(document, {"target": "$.c.*.o[0]", "remove": True})

        assert result == {"c": {"a": {"o": [2, 3]}, "b": {"o": [5]}}}

    def test_remove_deletes_all_items_of_a_long_array(self):
        result = applied({"a": list(range(12))}, {"target": "$.a[*]", "remove": True})

        assert result == {"a": []}

    def test_node_selected_twice_is_removed_once(self):
        result = applied({"a": [1, 2, 3]}, {"target": "$.a[0, 0, -3]", "remove": True})

        assert result == {"a": [2, 3]}

    def test_nested_matches_are_removed(self):
        document = {"a": [{"x": {"x": 1}}, {"x": 2}], "x": 3, "y": 4}

        assert applied(document, {"target": "$..x", "remove": True}) == {"a": [{}, {}], "y": 4}
        assert applied(document, {"target": "$.a..*", "remove": True})["a"] == []

    def test_removing_the_root_is_refused(self):
        with pytest.raises(OverlayError, match="would remove the whole document"):
            applied({"a": 1}, {"target": "$", "remove": True})


class TestTargets:
    def test_target_that_matches_nothing_is_named(self):
        with pytest.raises(OverlayError, match=r"action 2 .*target \$\.b\) matches nothing"):
            applied(
                {"a": {}},
                {"target": "$.a", "update": {}},
                {"target": "$.b", "update": {}},
            )

    def test_actions_apply_in_order(self):
        result = applied(
            {},
            {"target": "$", "update": {"a": {}}},
            {"target": "$.a", "update": {"b": 1}},
        )

        assert result == {"a": {"b": 1}}

    @pytest.mark.parametrize("target", ["a.b", "$.a[", "$.a[?nope(@)]", "$.a[?length(@)]"])
    def test_target_that_is_not_jsonpath_is_refused(self, target):
        with pytest.raises(OverlayError, match="action 1 .*is not an RFC 9535 JSONPath"):
            applied({"a": {}}, {"target": target, "remove": True})


class TestEditions:
    ACTIONS = (
        {"target": "$", "update": {"both": 1}},
        {"target": "$", "update": {"old": 1}, "x-edition": "2026-03"},
        {"target": "$", "update": {"new": 1}, "x-edition": "2026-11"},
        {"target": "$.gone", "remove": True, "x-edition": "2026-11"},
        {"target": "$.never", "remove": True},
    )

    @pytest.mark.parametrize(
        ("edition", "keys"),
        [
            ("2026-03", {"both", "old", "gone"}),
            ("2026-11", {"both", "new"}),
            (None, {"both", "old", "new", "gone"}),
        ],
    )
    def test_edition_has_its_own_actions_and_the_union_admits_either(self, edition, keys):
        result = applied({"gone": 1, "never": 1}, *self.ACTIONS, edition=edition)

        assert result.keys() == keys


class TestDocument:
    def test_evidence_is_one_document_or_several(self):
        actions = parse_overlay(
            overlay(
                {"target": "$", "update": {}},
                {"target": "$", "update": {}, "x-evidence": [EVIDENCE, {"document": "guide"}]},
            )
        )

        assert actions[0].evidence == (OverlayEvidence("documents/004", "D-1"),)
        assert actions[1].evidence == (
            OverlayEvidence("documents/004", "D-1"),
            OverlayEvidence("guide", None),
        )

    @pytest.mark.parametrize(
        ("document", "said"),
        [
            ([], "not an OpenAPI Overlay 1.0 document"),
            ({"overlay": "2.0.0"}, "not an OpenAPI Overlay 1.0 document"),
            ({"overlay": 1.0}, "not an OpenAPI Overlay 1.0 document"),
            ({"overlay": "1.0.0", "info": {"title": "t"}}, "no info with title and version"),
            ({"overlay": "1.0.0"}, "no info with title and version"),
            ({**overlay(), "actions": {}}, "has no actions"),
            (overlay(), "has no actions"),
            ({**overlay(), "actions": ["x"]}, "action 1 of the overlay has no target"),
            (overlay({"update": {}}), "action 1 of the overlay has no target"),
            (overlay({"target": " ", "update": {}}), "action 1 of the overlay has no target"),
            (overlay({"target": "$", "upgrade": {}}), "unknown keys: upgrade"),
            (overlay({"target": "$"}), "either an update or remove: true"),
            (overlay({"target": "$", "remove": False}), "either an update or remove: true"),
            (overlay({"target": "$", "remove": "yes"}), "either an update or remove: true"),
            (overlay({"target": "$", "remove": True, "update": {}}), "either an update or remove"),
            (overlay({"target": "$", "update": {}, "x-edition": "2027-01"}), "2027-01"),
            (overlay({"target": "$", "update": {}, "x-evidence": None}), "has no evidence"),
            (overlay({"target": "$", "update": {}, "x-evidence": {}}), "has no evidence"),
            (overlay({"target": "$", "update": {}, "x-evidence": ["guide"]}), "has no evidence"),
            (overlay({"target": "$", "update": {}, "x-evidence": []}), "empty list of evidence"),
            (
                overlay(
                    {"target": "$", "update": {}, "x-evidence": {**EVIDENCE, "discrepancy": 7}}
                ),
                "use the form D-7",
            ),
        ],
    )
    def test_malformed_overlay_is_refused(self, document, said):
        with pytest.raises(OverlayError) as caught:
            parse_overlay(document)

        assert said in str(caught.value)
