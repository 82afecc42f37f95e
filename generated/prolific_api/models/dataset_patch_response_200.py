from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.dataset_patch_response_status import DatasetPatchResponseStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.dataset_import_job import DatasetImportJob
    from ..models.dataset_schema import DatasetSchema


T = TypeVar("T", bound="DatasetPatchResponse200")


@_attrs_define
class DatasetPatchResponse200:
    """
    Attributes:
        created_at (datetime.datetime):
        created_by (str):
        id (UUID):
        name (str):
        schema_version (Any | int | str):
        total_datapoint_count (int):
        workspace_id (str):
        filename (None | str | Unset):
        has_predetermined_grouping_id (bool | None | Unset):
        imports (list[DatasetImportJob] | None | Unset):
        migration_job_id (UUID | Unset):
        schema (Any | DatasetSchema | None | Unset):
        status (DatasetPatchResponseStatus | Unset):
    """

    created_at: datetime.datetime
    created_by: str
    id: UUID
    name: str
    schema_version: Any | int | str
    total_datapoint_count: int
    workspace_id: str
    filename: None | str | Unset = UNSET
    has_predetermined_grouping_id: bool | None | Unset = UNSET
    imports: list[DatasetImportJob] | None | Unset = UNSET
    migration_job_id: UUID | Unset = UNSET
    schema: Any | DatasetSchema | None | Unset = UNSET
    status: DatasetPatchResponseStatus | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.dataset_schema import DatasetSchema

        created_at = self.created_at.isoformat()

        created_by = self.created_by

        id = str(self.id)

        name = self.name

        schema_version: Any | int | str
        schema_version = self.schema_version

        total_datapoint_count = self.total_datapoint_count

        workspace_id = self.workspace_id

        filename: None | str | Unset
        if isinstance(self.filename, Unset):
            filename = UNSET
        else:
            filename = self.filename

        has_predetermined_grouping_id: bool | None | Unset
        if isinstance(self.has_predetermined_grouping_id, Unset):
            has_predetermined_grouping_id = UNSET
        else:
            has_predetermined_grouping_id = self.has_predetermined_grouping_id

        imports: list[dict[str, Any]] | None | Unset
        if isinstance(self.imports, Unset):
            imports = UNSET
        elif isinstance(self.imports, list):
            imports = []
            for imports_type_0_item_data in self.imports:
                imports_type_0_item = imports_type_0_item_data.to_dict()
                imports.append(imports_type_0_item)

        else:
            imports = self.imports

        migration_job_id: str | Unset = UNSET
        if not isinstance(self.migration_job_id, Unset):
            migration_job_id = str(self.migration_job_id)

        schema: Any | dict[str, Any] | None | Unset
        if isinstance(self.schema, Unset):
            schema = UNSET
        elif isinstance(self.schema, DatasetSchema):
            schema = self.schema.to_dict()
        else:
            schema = self.schema

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "created_by": created_by,
                "id": id,
                "name": name,
                "schema_version": schema_version,
                "total_datapoint_count": total_datapoint_count,
                "workspace_id": workspace_id,
            }
        )
        if filename is not UNSET:
            field_dict["filename"] = filename
        if has_predetermined_grouping_id is not UNSET:
            field_dict["has_predetermined_grouping_id"] = has_predetermined_grouping_id
        if imports is not UNSET:
            field_dict["imports"] = imports
        if migration_job_id is not UNSET:
            field_dict["migration_job_id"] = migration_job_id
        if schema is not UNSET:
            field_dict["schema"] = schema
        if status is not UNSET:
            field_dict["status"] = status

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.dataset_import_job import DatasetImportJob
        from ..models.dataset_schema import DatasetSchema

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        id = UUID(d.pop("id"))

        name = d.pop("name")

        def _parse_schema_version(data: object) -> Any | int | str:
            return cast(Any | int | str, data)

        schema_version = _parse_schema_version(d.pop("schema_version"))

        total_datapoint_count = d.pop("total_datapoint_count")

        workspace_id = d.pop("workspace_id")

        def _parse_filename(data: object) -> None | str | Unset:
            return cast(None | str | Unset, data)

        filename = _parse_filename(d.pop("filename", UNSET))

        def _parse_has_predetermined_grouping_id(data: object) -> bool | None | Unset:
            return cast(bool | None | Unset, data)

        has_predetermined_grouping_id = _parse_has_predetermined_grouping_id(
            d.pop("has_predetermined_grouping_id", UNSET)
        )

        def _parse_imports(data: object) -> list[DatasetImportJob] | None | Unset:
            try:
                if not isinstance(data, list):
                    raise TypeError()

                imports_type_0 = []
                _imports_type_0 = data
                for imports_type_0_item_data in _imports_type_0:
                    imports_type_0_item = DatasetImportJob.from_dict(
                        imports_type_0_item_data
                    )

                    imports_type_0.append(imports_type_0_item)

                return imports_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[DatasetImportJob] | None | Unset, data)

        imports = _parse_imports(d.pop("imports", UNSET))

        _migration_job_id = d.pop("migration_job_id", UNSET)
        migration_job_id: UUID | Unset
        if isinstance(_migration_job_id, Unset):
            migration_job_id = UNSET
        else:
            migration_job_id = UUID(_migration_job_id)

        def _parse_schema(data: object) -> Any | DatasetSchema | None | Unset:
            try:
                if not isinstance(data, dict):
                    raise TypeError()

                schema_type_0 = DatasetSchema.from_dict(data)

                return schema_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Any | DatasetSchema | None | Unset, data)

        schema = _parse_schema(d.pop("schema", UNSET))

        _status = d.pop("status", UNSET)
        status: DatasetPatchResponseStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = DatasetPatchResponseStatus(_status)

        dataset_patch_response_200 = cls(
            created_at=created_at,
            created_by=created_by,
            id=id,
            name=name,
            schema_version=schema_version,
            total_datapoint_count=total_datapoint_count,
            workspace_id=workspace_id,
            filename=filename,
            has_predetermined_grouping_id=has_predetermined_grouping_id,
            imports=imports,
            migration_job_id=migration_job_id,
            schema=schema,
            status=status,
        )

        dataset_patch_response_200.additional_properties = d
        return dataset_patch_response_200

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
