from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.workspace_user import WorkspaceUser


T = TypeVar("T", bound="WorkspaceShort")


@_attrs_define
class WorkspaceShort:
    """
    Attributes:
        id (str):
        title (str):
        description (str | Unset):
        naivety_distribution_rate (float | None | Unset):
        owner (str | Unset):
        users (list[WorkspaceUser] | Unset):
    """

    id: str
    title: str
    description: str | Unset = UNSET
    naivety_distribution_rate: float | None | Unset = UNSET
    owner: str | Unset = UNSET
    users: list[WorkspaceUser] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        title = self.title

        description = self.description

        naivety_distribution_rate: float | None | Unset
        if isinstance(self.naivety_distribution_rate, Unset):
            naivety_distribution_rate = UNSET
        else:
            naivety_distribution_rate = self.naivety_distribution_rate

        owner = self.owner

        users: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.users, Unset):
            users = []
            for users_item_data in self.users:
                users_item = users_item_data.to_dict()
                users.append(users_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "title": title,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if naivety_distribution_rate is not UNSET:
            field_dict["naivety_distribution_rate"] = naivety_distribution_rate
        if owner is not UNSET:
            field_dict["owner"] = owner
        if users is not UNSET:
            field_dict["users"] = users

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.workspace_user import WorkspaceUser

        d = dict(src_dict)
        id = d.pop("id")

        title = d.pop("title")

        description = d.pop("description", UNSET)

        def _parse_naivety_distribution_rate(data: object) -> float | None | Unset:
            return cast(float | None | Unset, data)

        naivety_distribution_rate = _parse_naivety_distribution_rate(
            d.pop("naivety_distribution_rate", UNSET)
        )

        owner = d.pop("owner", UNSET)

        _users = d.pop("users", UNSET)
        users: list[WorkspaceUser] | Unset = UNSET
        if _users is not UNSET:
            users = []
            for users_item_data in _users:
                users_item = WorkspaceUser.from_dict(users_item_data)

                users.append(users_item)

        workspace_short = cls(
            id=id,
            title=title,
            description=description,
            naivety_distribution_rate=naivety_distribution_rate,
            owner=owner,
            users=users,
        )

        workspace_short.additional_properties = d
        return workspace_short

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
