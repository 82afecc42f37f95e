from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.collection_export_complete import CollectionExportComplete
from ...models.collection_export_failed import CollectionExportFailed
from ...models.collection_export_generating import CollectionExportGenerating
from ...models.error_envelope import ErrorEnvelope
from ...types import Response


def _get_kwargs(
    collection_id: str,
    export_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/data-collection/collections/{collection_id}/export/{export_id}".format(
            collection_id=quote(str(collection_id), safe=""),
            export_id=quote(str(export_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    Any
    | CollectionExportComplete
    | CollectionExportFailed
    | CollectionExportGenerating
    | ErrorEnvelope
    | None
):
    if response.status_code == 200:

        def _parse_response_200(
            data: object,
        ) -> (
            Any
            | CollectionExportComplete
            | CollectionExportFailed
            | CollectionExportGenerating
        ):
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                if data.get("status") not in ["generating"]:
                    raise ValueError()

                componentsschemas_collection_export_status_type_0 = (
                    CollectionExportGenerating.from_dict(data)
                )

                return componentsschemas_collection_export_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                if data.get("status") not in ["complete"]:
                    raise ValueError()

                componentsschemas_collection_export_status_type_1 = (
                    CollectionExportComplete.from_dict(data)
                )

                return componentsschemas_collection_export_status_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                if data.get("status") not in ["failed"]:
                    raise ValueError()

                componentsschemas_collection_export_status_type_2 = (
                    CollectionExportFailed.from_dict(data)
                )

                return componentsschemas_collection_export_status_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(
                Any
                | CollectionExportComplete
                | CollectionExportFailed
                | CollectionExportGenerating,
                data,
            )

        response_200 = _parse_response_200(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = ErrorEnvelope.from_dict(response.json())

        return response_401

    if response.status_code == 404:
        response_404 = ErrorEnvelope.from_dict(response.json())

        return response_404

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
    Any
    | CollectionExportComplete
    | CollectionExportFailed
    | CollectionExportGenerating
    | ErrorEnvelope
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    collection_id: str,
    export_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[
    Any
    | CollectionExportComplete
    | CollectionExportFailed
    | CollectionExportGenerating
    | ErrorEnvelope
]:
    """Get the state of a collection export job, with a presigned URL once it is complete.

    Args:
        collection_id (str):
        export_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | CollectionExportComplete | CollectionExportFailed | CollectionExportGenerating | ErrorEnvelope]
    """

    kwargs = _get_kwargs(
        collection_id=collection_id,
        export_id=export_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    collection_id: str,
    export_id: str,
    *,
    client: AuthenticatedClient,
) -> (
    Any
    | CollectionExportComplete
    | CollectionExportFailed
    | CollectionExportGenerating
    | ErrorEnvelope
    | None
):
    """Get the state of a collection export job, with a presigned URL once it is complete.

    Args:
        collection_id (str):
        export_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | CollectionExportComplete | CollectionExportFailed | CollectionExportGenerating | ErrorEnvelope
    """

    return sync_detailed(
        collection_id=collection_id,
        export_id=export_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    collection_id: str,
    export_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[
    Any
    | CollectionExportComplete
    | CollectionExportFailed
    | CollectionExportGenerating
    | ErrorEnvelope
]:
    """Get the state of a collection export job, with a presigned URL once it is complete.

    Args:
        collection_id (str):
        export_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | CollectionExportComplete | CollectionExportFailed | CollectionExportGenerating | ErrorEnvelope]
    """

    kwargs = _get_kwargs(
        collection_id=collection_id,
        export_id=export_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    collection_id: str,
    export_id: str,
    *,
    client: AuthenticatedClient,
) -> (
    Any
    | CollectionExportComplete
    | CollectionExportFailed
    | CollectionExportGenerating
    | ErrorEnvelope
    | None
):
    """Get the state of a collection export job, with a presigned URL once it is complete.

    Args:
        collection_id (str):
        export_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | CollectionExportComplete | CollectionExportFailed | CollectionExportGenerating | ErrorEnvelope
    """

    return (
        await asyncio_detailed(
            collection_id=collection_id,
            export_id=export_id,
            client=client,
        )
    ).parsed
