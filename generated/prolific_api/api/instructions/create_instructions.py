from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.create_instructions_body import CreateInstructionsBody
from ...models.error_envelope import ErrorEnvelope
from ...models.instruction_file_upload import InstructionFileUpload
from ...models.instruction_free_text import InstructionFreeText
from ...models.instruction_free_text_with_unit import InstructionFreeTextWithUnit
from ...models.instruction_multiple_choice import InstructionMultipleChoice
from ...models.instruction_multiple_choice_with_free_text import (
    InstructionMultipleChoiceWithFreeText,
)
from ...models.instruction_star_rating import InstructionStarRating
from ...types import UNSET, Response, Unset


def _get_kwargs(
    batch_id: str,
    *,
    body: CreateInstructionsBody | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/data-collection/batches/{batch_id}/instructions".format(
            batch_id=quote(str(batch_id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    ErrorEnvelope
    | list[
        Any
        | InstructionFileUpload
        | InstructionFreeText
        | InstructionFreeTextWithUnit
        | InstructionMultipleChoice
        | InstructionMultipleChoiceWithFreeText
        | InstructionStarRating
    ]
    | None
):
    if response.status_code == 201:
        response_201 = []
        _response_201 = response.json()
        for response_201_item_data in _response_201:

            def _parse_response_201_item(
                data: object,
            ) -> (
                Any
                | InstructionFileUpload
                | InstructionFreeText
                | InstructionFreeTextWithUnit
                | InstructionMultipleChoice
                | InstructionMultipleChoiceWithFreeText
                | InstructionStarRating
            ):
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["multiple_choice"]:
                        raise ValueError()

                    componentsschemas_instruction_type_0 = (
                        InstructionMultipleChoice.from_dict(data)
                    )

                    return componentsschemas_instruction_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["free_text"]:
                        raise ValueError()

                    componentsschemas_instruction_type_1 = (
                        InstructionFreeText.from_dict(data)
                    )

                    return componentsschemas_instruction_type_1
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["free_text_with_unit"]:
                        raise ValueError()

                    componentsschemas_instruction_type_2 = (
                        InstructionFreeTextWithUnit.from_dict(data)
                    )

                    return componentsschemas_instruction_type_2
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["multiple_choice_with_free_text"]:
                        raise ValueError()

                    componentsschemas_instruction_type_3 = (
                        InstructionMultipleChoiceWithFreeText.from_dict(data)
                    )

                    return componentsschemas_instruction_type_3
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["file_upload"]:
                        raise ValueError()

                    componentsschemas_instruction_type_4 = (
                        InstructionFileUpload.from_dict(data)
                    )

                    return componentsschemas_instruction_type_4
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["star_rating"]:
                        raise ValueError()

                    componentsschemas_instruction_type_5 = (
                        InstructionStarRating.from_dict(data)
                    )

                    return componentsschemas_instruction_type_5
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                return cast(
                    Any
                    | InstructionFileUpload
                    | InstructionFreeText
                    | InstructionFreeTextWithUnit
                    | InstructionMultipleChoice
                    | InstructionMultipleChoiceWithFreeText
                    | InstructionStarRating,
                    data,
                )

            response_201_item = _parse_response_201_item(response_201_item_data)

            response_201.append(response_201_item)

        return response_201

    if response.status_code == 400:
        response_400 = ErrorEnvelope.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorEnvelope.from_dict(response.json())

        return response_401

    if response.status_code == 404:
        response_404 = ErrorEnvelope.from_dict(response.json())

        return response_404

    if response.status_code == 422:
        response_422 = ErrorEnvelope.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = ErrorEnvelope.from_dict(response.json())

        return response_429

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[
    ErrorEnvelope
    | list[
        Any
        | InstructionFileUpload
        | InstructionFreeText
        | InstructionFreeTextWithUnit
        | InstructionMultipleChoice
        | InstructionMultipleChoiceWithFreeText
        | InstructionStarRating
    ]
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    batch_id: str,
    *,
    client: AuthenticatedClient,
    body: CreateInstructionsBody | Unset = UNSET,
) -> Response[
    ErrorEnvelope
    | list[
        Any
        | InstructionFileUpload
        | InstructionFreeText
        | InstructionFreeTextWithUnit
        | InstructionMultipleChoice
        | InstructionMultipleChoiceWithFreeText
        | InstructionStarRating
    ]
]:
    """Add instructions to a batch.

    Args:
        batch_id (str):
        body (CreateInstructionsBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | list[Any | InstructionFileUpload | InstructionFreeText | InstructionFreeTextWithUnit | InstructionMultipleChoice | InstructionMultipleChoiceWithFreeText | InstructionStarRating]]
    """

    kwargs = _get_kwargs(
        batch_id=batch_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    batch_id: str,
    *,
    client: AuthenticatedClient,
    body: CreateInstructionsBody | Unset = UNSET,
) -> (
    ErrorEnvelope
    | list[
        Any
        | InstructionFileUpload
        | InstructionFreeText
        | InstructionFreeTextWithUnit
        | InstructionMultipleChoice
        | InstructionMultipleChoiceWithFreeText
        | InstructionStarRating
    ]
    | None
):
    """Add instructions to a batch.

    Args:
        batch_id (str):
        body (CreateInstructionsBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | list[Any | InstructionFileUpload | InstructionFreeText | InstructionFreeTextWithUnit | InstructionMultipleChoice | InstructionMultipleChoiceWithFreeText | InstructionStarRating]
    """

    return sync_detailed(
        batch_id=batch_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    batch_id: str,
    *,
    client: AuthenticatedClient,
    body: CreateInstructionsBody | Unset = UNSET,
) -> Response[
    ErrorEnvelope
    | list[
        Any
        | InstructionFileUpload
        | InstructionFreeText
        | InstructionFreeTextWithUnit
        | InstructionMultipleChoice
        | InstructionMultipleChoiceWithFreeText
        | InstructionStarRating
    ]
]:
    """Add instructions to a batch.

    Args:
        batch_id (str):
        body (CreateInstructionsBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | list[Any | InstructionFileUpload | InstructionFreeText | InstructionFreeTextWithUnit | InstructionMultipleChoice | InstructionMultipleChoiceWithFreeText | InstructionStarRating]]
    """

    kwargs = _get_kwargs(
        batch_id=batch_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    batch_id: str,
    *,
    client: AuthenticatedClient,
    body: CreateInstructionsBody | Unset = UNSET,
) -> (
    ErrorEnvelope
    | list[
        Any
        | InstructionFileUpload
        | InstructionFreeText
        | InstructionFreeTextWithUnit
        | InstructionMultipleChoice
        | InstructionMultipleChoiceWithFreeText
        | InstructionStarRating
    ]
    | None
):
    """Add instructions to a batch.

    Args:
        batch_id (str):
        body (CreateInstructionsBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | list[Any | InstructionFileUpload | InstructionFreeText | InstructionFreeTextWithUnit | InstructionMultipleChoice | InstructionMultipleChoiceWithFreeText | InstructionStarRating]
    """

    return (
        await asyncio_detailed(
            batch_id=batch_id,
            client=client,
            body=body,
        )
    ).parsed
