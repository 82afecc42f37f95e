"""What the import keeps of a published document, under which names, in which order."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from project.tree import ROOT
from prolific_contract import DocumentError
from prolific_contract.spec import dump_yaml, import_document, load_yaml

PREFIX = "/api/v1/data-collection/"
JSON_RESPONSE = "ResponsesContentApplicationJsonSchema"


def published(paths=None, **schemas):
    return {
        "openapi": "3.1.0",
        "info": {"title": "API Reference", "version": "1.0.0", "description": "prose"},
        "servers": [{"url": "https://api.example.org", "description": "prose"}],
        "tags": [{"name": "t", "description": "prose"}],
        "paths": {PREFIX + "batches": get(), **(paths or {})},
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "A", "description": "prose"}
            },
        },
    }


def get(schema=None, status="200", **operation):
    media = {"application/json": {"schema": schema or {}, "example": {"title": "prose"}}}
    response = {"description": "prose", "content": media}
    return {"get": {"summary": "prose", "responses": {status: response}, **operation}}


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def imported(document, **options):
    return import_document(dump_yaml(document), **options)


def schemas_of(schema, **schemas):
    """The schemas after an import in which one response holds the schema given."""
    document = imported(published({PREFIX + "batches": get(schema)}, **schemas))
    return document["components"].get("schemas", {})


def tagged(value, tag="type", **properties):
    return {
        "type": "object",
        "properties": {tag: {"type": "string", "enum": [value]}, **properties},
        "required": [tag],
    }


class TestWhatStays:
    def test_import_keeps_structure_and_removes_prose(self):
        document = imported(published())

        assert document == {
            "openapi": "3.1.0",
            "info": {"title": "Prolific Task Builder", "version": "1.0.0"},
            "servers": [{"url": "https://api.example.org"}],
            "paths": {
                PREFIX + "batches": {
                    "get": {
                        "responses": {
                            "200": {
                                "description": "OK",
                                "content": {"application/json": {"schema": {}}},
                            }
                        }
                    }
                }
            },
            "components": {
                "securitySchemes": {"token": {"type": "apiKey", "name": "A", "in": "header"}}
            },
        }

    def test_import_keeps_only_the_prefix_and_its_references(self):
        document = imported(
            published(
                {PREFIX + "batches": get(ref("A")), "/api/v1/studies": get(ref("C"))},
                A={"items": ref("B")},
                B={"type": "string"},
                C={"type": "string"},
            )
        )

        assert list(document["paths"]) == [PREFIX + "batches"]
        assert list(document["components"]["schemas"]) == ["A", "B"]

    def test_list_of_workspaces_is_imported_without_its_other_methods(self):
        document = imported(
            published(
                {"/api/v1/workspaces/": {**get(ref("A")), "post": {}, "parameters": []}},
                A={"type": "string"},
            )
        )

        assert list(document["paths"]) == ["/api/v1/data-collection/batches", "/api/v1/workspaces/"]
        assert "post" not in document["paths"]["/api/v1/workspaces/"]
        assert list(document["components"]["schemas"]) == ["A"]

    def test_path_of_another_area_without_the_listed_method_is_not_imported(self):
        document = imported(published({"/api/v1/workspaces/": {"post": {"responses": {}}}}))

        assert list(document["paths"]) == [PREFIX + "batches"]

    def test_properties_named_like_prose_are_kept(self):
        (schema,) = schemas_of(
            ref("A"),
            A={
                "title": "prose",
                "properties": {
                    "title": {"type": "string", "title": "prose"},
                    "description": {"type": "string", "description": "prose"},
                    "example": {"default": {"title": "kept"}},
                },
            },
        ).values()

        assert schema == {
            "properties": {
                "description": {"type": "string"},
                "example": {"default": {"title": "kept"}},
                "title": {"type": "string"},
            }
        }

    @pytest.mark.parametrize(
        ("status", "text"),
        [("202", "Accepted"), ("422", "Unprocessable Content"), ("4XX", "Response 4XX")],
    )
    def test_response_is_described_by_its_status(self, status, text):
        document = imported(published({PREFIX + "batches": get(status=status)}))

        response = document["paths"][PREFIX + "batches"]["get"]["responses"][status]
        assert response["description"] == text

    def test_shared_responses_are_kept_and_described(self):
        document = published({PREFIX + "batches": {"get": {"responses": {}}}})
        responses = document["paths"][PREFIX + "batches"]["get"]["responses"]
        responses["404"] = {"$ref": "#/components/responses/Missing"}
        document["components"]["responses"] = {"Missing": {"description": "prose"}}

        result = imported(document)

        assert result["paths"][PREFIX + "batches"]["get"]["responses"] == responses
        assert result["components"]["responses"] == {"Missing": {"description": "Response Missing"}}


class TestOrder:
    def test_order_of_the_published_document_does_not_matter(self):
        first = published(
            {
                PREFIX + "b": get(
                    ref("B"), parameters=[{"name": "p", "in": "query", "schema": {}}]
                ),
                PREFIX + "a": {**get(), "delete": {"responses": {"204": {}, "200": {}}}},
            },
            B={"type": "object", "properties": {"z": {}, "a": {}}, "required": ["z", "a"]},
        )

        def backwards(node):
            if isinstance(node, dict):
                return {key: backwards(node[key]) for key in reversed(node)}
            return list(reversed(node)) if node == ["z", "a"] else node

        assert dump_yaml(imported(first)) == dump_yaml(imported(backwards(first)))

    def test_branches_and_values_keep_their_order(self):
        schemas = schemas_of(
            ref("A"), A={"oneOf": [{"type": "string"}, {"type": "null"}], "enum": ["b", "a"]}
        )

        assert schemas["A"] == {
            "enum": ["b", "a"],
            "oneOf": [{"type": "string"}, {"type": "null"}],
        }


class TestNames:
    @pytest.mark.parametrize(
        ("upstream", "name"),
        [
            ("Batch", "Batch"),
            ("Odd Name (v2)_x.y-z", "OddNamev2_x.y-z"),
            ("AITaskBuilderBatch", "Batch"),
            ("AiTaskBuilderBatchDatasetsItems", "BatchDataset"),
            ("AiTaskBuilder", "AiTaskBuilder"),
            ("BatchItemsPage", "BatchItemsPage"),
            ("AnswerItems", "AnswerItems"),
            ("OptionsItemsValue", "OptionValue"),
            (
                "ApiV1DataCollectionBatchesBatchIdPatchRequestBodyContentApplicationJsonSchemaTask",
                "BatchPatchRequestTask",
            ),
            (
                "ApiV1DataCollectionBatchesGetResponsesContentApplicationJsonSchemaMeta",
                "BatchesGetResponseMeta",
            ),
            (
                "ApiV1DataCollectionDatasetsDatasetIdUploadUrlFilenameGet"
                + JSON_RESPONSE
                + "LinksItems",
                "DatasetUploadUrlGetResponseLink",
            ),
            ("ApiV1DataCollectionStudiesGetSomething", "ApiV1DataCollectionStudiesGetSomething"),
            ("ApiV1DataCollectionBatchesGetSomething", "ApiV1DataCollectionBatchesGetSomething"),
        ],
    )
    def test_import_rule_is_stated(self, upstream, name):
        document = published(
            {
                PREFIX + "batches": get(ref(upstream)),
                PREFIX + "batches/{batch_id}": {"patch": {}},
                PREFIX + "datasets/{dataset_id}/upload-url/{filename}": get(),
            },
            **{upstream: {"type": "string"}},
        )

        assert list(imported(document)["components"]["schemas"]) == [name]

    def test_inline_response_is_named_by_its_place(self):
        document = published(
            {
                PREFIX + "batches/{batch_id}/report/": get(
                    ref("AI Task Builder_X_Response_201"), "201"
                ),
                PREFIX + "batches": get(ref("Y_Response_200")),
            },
            **{"AI Task Builder_X_Response_201": {}, "Y_Response_200": {"type": "object"}},
        )

        assert list(imported(document)["components"]["schemas"]) == [
            "BatchReportGetResponse201",
            "BatchesGetResponse200",
        ]

    def test_inline_tagged_branches_become_components(self):
        schemas = schemas_of(
            ref("AITaskBuilderItem"),
            AITaskBuilderItem={
                "oneOf": [
                    tagged("free_text", kind={"enum": ["same"]}),
                    tagged("image", kind={"enum": ["same"]}, size=ref("ItemImageSize")),
                ],
                "discriminator": {"propertyName": "type"},
            },
            ItemImageSize={"type": "integer"},
        )

        assert list(schemas) == ["Item", "ItemFreeText", "ItemImage", "ItemImageSize"]
        assert schemas["Item"] == {
            "oneOf": [ref("ItemFreeText"), ref("ItemImage")],
            "discriminator": {
                "propertyName": "type",
                "mapping": {
                    "free_text": "#/components/schemas/ItemFreeText",
                    "image": "#/components/schemas/ItemImage",
                },
            },
        }

    def test_numbered_branches_and_their_parts_are_named_by_tag(self):
        def branch(number, value):
            return {
                f"JobStatus{number}": {
                    "properties": {"status": ref(f"JobStatusOneOf{number}Status")},
                    "required": ["status"],
                },
                f"JobStatusOneOf{number}Status": {"type": "string", "enum": [value]},
            }

        schemas = schemas_of(
            ref("JobStatus"),
            JobStatus={"oneOf": [ref("JobStatus0"), ref("JobStatus1")]},
            **branch(0, "complete"),
            **branch(1, "not_found"),
        )

        assert list(schemas) == [
            "JobComplete",
            "JobCompleteStatus",
            "JobNotFound",
            "JobNotFoundStatus",
            "JobStatus",
        ]
        assert schemas["JobStatus"] == {"oneOf": [ref("JobComplete"), ref("JobNotFound")]}
        assert schemas["JobNotFound"]["properties"] == {"status": ref("JobNotFoundStatus")}

    def test_longer_of_two_branch_names_wins(self):
        def branch(stem, value):
            return {"properties": {"type": ref(f"{stem}Type")}, "required": ["type"]}, {
                f"{stem}Type": {"type": "string", "enum": [value]},
                f"{stem}Option": {"type": "object"},
            }

        text, text_parts = branch("OldText", "text")
        unit, unit_parts = branch("OldTextWithUnit", "unit")
        text["properties"]["o"] = ref("OldTextOption")
        unit["properties"]["o"] = ref("OldTextWithUnitOption")
        unit["properties"]["x"] = ref("OldTextual")

        schemas = schemas_of(
            ref("New"),
            New={"oneOf": [text, unit]},
            OldTextual={"type": "string"},
            **text_parts,
            **unit_parts,
        )

        assert list(schemas) == [
            "New",
            "NewText",
            "NewTextOption",
            "NewTextType",
            "NewUnit",
            "NewUnitOption",
            "NewUnitType",
            "OldTextual",
        ]

    @pytest.mark.parametrize(
        "branches",
        [
            [tagged("a"), tagged("a")],
            [tagged("a"), {"type": "string"}],
            [tagged("a"), ref("Named")],
            [{**tagged("a"), "required": []}, tagged("b")],
            [tagged(1), tagged(2)],
            [{"properties": {"type": {"enum": ["a", "b"]}}, "required": ["type"]}, tagged("c")],
            [{"required": ["type"]}, tagged("c")],
        ],
    )
    def test_untagged_branches_stay_inline(self, branches):
        schemas = schemas_of(
            ref("U"),
            U={"oneOf": branches, "discriminator": {"propertyName": "type"}},
            Named=tagged("b"),
        )

        assert [*schemas["U"]["oneOf"]] == branches
        assert schemas["U"]["discriminator"] == {"propertyName": "type"}

    def test_mapping_follows_the_names(self):
        schemas = schemas_of(
            ref("U"),
            U={
                "oneOf": [ref("Odd Name")],
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"x": "#/components/schemas/Odd Name"},
                },
            },
            **{"Odd Name": tagged("a")},
        )

        assert schemas["U"]["discriminator"]["mapping"] == {"x": "#/components/schemas/OddName"}

    def test_equal_components_may_share_a_name(self):
        schemas = schemas_of(
            {"oneOf": [ref("AITaskBuilderA"), ref("A")]},
            A={"type": "string"},
            AITaskBuilderA={"type": "string", "title": "prose"},
        )

        assert schemas == {"A": {"type": "string"}}

    def test_different_components_may_not(self):
        with pytest.raises(DocumentError, match="both be named AB") as caught:
            imported(
                published(
                    {PREFIX + "x": get({"oneOf": [ref("AB"), ref("A B"), ref("A")]})},
                    **{"AB": {"type": "string"}, "A B": {"type": "null"}, "A": {}},
                ),
                source="file.yaml",
            )

        assert "file.yaml: the components A B and AB differ, but" in str(caught.value)

    def test_branch_cannot_replace_a_component(self):
        with pytest.raises(DocumentError, match="branch 1 of U needs the temporary name U1"):
            schemas_of(
                {"oneOf": [ref("U"), ref("U1")]},
                U={"oneOf": [tagged("a"), tagged("b")]},
                U1={"type": "string"},
            )


class TestSources:
    def test_yaml_in_a_page_is_found(self):
        page = f"# Page\n\nProse.\n\n```yaml\n{dump_yaml(published())}```\n\n```python\nx\n```\n"

        assert import_document(page) == imported(published())

    def test_json_is_read(self):
        document = {**published(), "openapi": "3.1.1"}

        assert import_document(json.dumps(document)) == imported(document)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("# T ## Spec ```yaml openapi: 3.1.0 info: title: x ``` end", "lost its line breaks"),
            ("```yaml\na: 1\n```\n```yml\nb: 1\n```\n", "embeds 2 YAML blocks"),
            ("a: [", "not readable YAML"),
            ("", "no 'openapi' key"),
            ("- a", "no 'openapi' key"),
            ("swagger: '2.0'", "no 'openapi' key"),
            ("openapi: 3.3.0", "openapi: 3.3.0"),
            ("openapi: 3.0.3", "not an OpenAPI 3.0 document (no 'info' object)"),
            ("openapi: 3.1", "openapi: 3.1"),
            ("openapi: 3.1.0\npaths: {}", "no 'info' object"),
            ("openapi: 3.1.0\ninfo: {}\npaths: []", "no 'paths' object"),
            ("openapi: 3.1.0\ninfo: {}\npaths: {/a: {get: {}}}", "no operation under /api/v1/"),
            (f"openapi: 3.1.0\ninfo: {{}}\npaths: {{{PREFIX}a: {{}}}}", "no operation under"),
            (f"openapi: 3.1.0\ninfo: {{}}\npaths: {{{PREFIX}a: x}}", "no operation under"),
        ],
    )
    def test_other_input_is_refused(self, text, said):
        with pytest.raises(DocumentError, match="page.txt") as caught:
            import_document(text, source="page.txt")

        assert said in str(caught.value)

    def test_reference_to_nothing_is_refused(self):
        with pytest.raises(DocumentError, match="page.txt: the document refers to"):
            imported(published({PREFIX + "a": get(ref("Nowhere"))}), source="page.txt")


class TestAgain:
    def test_import_is_idempotent(self):
        text = (ROOT / "openapi" / "upstream.yaml").read_text(encoding="utf-8")

        again = import_document(text)

        assert dump_yaml(again) == dump_yaml(load_yaml(text, source="upstream.yaml"))

    def test_imported_document_has_no_prose(self):
        document = load_yaml(
            (ROOT / "openapi" / "upstream.yaml").read_text(encoding="utf-8"), source="x"
        )
        marked = published(document["paths"], **document["components"]["schemas"])

        assert import_document(dump_yaml(with_prose(marked)))["paths"] == document["paths"]

    @settings(deadline=None)
    @given(
        st.lists(
            st.sampled_from(["a", "b c", "AITaskBuilderD", "EsItems"]), min_size=1, unique=True
        )
    )
    def test_any_selection_of_names_is_stable(self, names):
        first = schemas_of({"anyOf": [ref(name) for name in names]}, **{n: {} for n in names})
        again = schemas_of({"anyOf": [ref(name) for name in first]}, **first)

        assert list(first) == list(again) == sorted(first)


def with_prose(node, inside=None):
    """A document with prose and extensions wherever an operation or a schema allows them."""
    if isinstance(node, list):
        return [with_prose(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: with_prose(value, key) for key, value in node.items()}
    if "responses" in copy or (inside in {"schema", "items"} and "$ref" not in copy):
        copy |= {"description": "prose", "x-extension": {"prose": True}}
    return copy
