from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.batch_export_complete import BatchExportComplete
from ...models.batch_export_failed import BatchExportFailed
from ...models.batch_export_generating import BatchExportGenerating
from ...models.error_envelope import ErrorEnvelope
from ...types import Response


def _get_kwargs(
    batch_id: str,
    export_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/data-collection/batches/{batch_id}/export/{export_id}".format(
            batch_id=quote(str(batch_id), safe=""),
            export_id=quote(str(export_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    Any
    | BatchExportComplete
    | BatchExportFailed
    | BatchExportGenerating
    | ErrorEnvelope
    | None
):
    if response.status_code == 200:

        def _parse_response_200(
            data: object,
        ) -> Any | BatchExportComplete | BatchExportFailed | BatchExportGenerating:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                if data.get("status") not in ["generating"]:
                    raise ValueError()

                componentsschemas_batch_export_status_type_0 = (
                    BatchExportGenerating.from_dict(data)
                )

                return componentsschemas_batch_export_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                if data.get("status") not in ["complete"]:
                    raise ValueError()

                componentsschemas_batch_export_status_type_1 = (
                    BatchExportComplete.from_dict(data)
                )

                return componentsschemas_batch_export_status_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                if data.get("status") not in ["failed"]:
                    raise ValueError()

                componentsschemas_batch_export_status_type_2 = (
                    BatchExportFailed.from_dict(data)
                )

                return componentsschemas_batch_export_status_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(
                Any | BatchExportComplete | BatchExportFailed | BatchExportGenerating,
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
    | BatchExportComplete
    | BatchExportFailed
    | BatchExportGenerating
    | ErrorEnvelope
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    batch_id: str,
    export_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[
    Any
    | BatchExportComplete
    | BatchExportFailed
    | BatchExportGenerating
    | ErrorEnvelope
]:
    """Get the state of a batch export job, with a presigned URL once it is complete.

    Args:
        batch_id (str):
        export_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | BatchExportComplete | BatchExportFailed | BatchExportGenerating | ErrorEnvelope]
    """

    kwargs = _get_kwargs(
        batch_id=batch_id,
        export_id=export_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    batch_id: str,
    export_id: str,
    *,
    client: AuthenticatedClient,
) -> (
    Any
    | BatchExportComplete
    | BatchExportFailed
    | BatchExportGenerating
    | ErrorEnvelope
    | None
):
    """Get the state of a batch export job, with a presigned URL once it is complete.

    Args:
        batch_id (str):
        export_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | BatchExportComplete | BatchExportFailed | BatchExportGenerating | ErrorEnvelope
    """

    return sync_detailed(
        batch_id=batch_id,
        export_id=export_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    batch_id: str,
    export_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[
    Any
    | BatchExportComplete
    | BatchExportFailed
    | BatchExportGenerating
    | ErrorEnvelope
]:
    """Get the state of a batch export job, with a presigned URL once it is complete.

    Args:
        batch_id (str):
        export_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | BatchExportComplete | BatchExportFailed | BatchExportGenerating | ErrorEnvelope]
    """

    kwargs = _get_kwargs(
        batch_id=batch_id,
        export_id=export_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    batch_id: str,
    export_id: str,
    *,
    client: AuthenticatedClient,
) -> (
    Any
    | BatchExportComplete
    | BatchExportFailed
    | BatchExportGenerating
    | ErrorEnvelope
    | None
):
    """Get the state of a batch export job, with a presigned URL once it is complete.

    Args:
        batch_id (str):
        export_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | BatchExportComplete | BatchExportFailed | BatchExportGenerating | ErrorEnvelope
    """

    return (
        await asyncio_detailed(
            batch_id=batch_id,
            export_id=export_id,
            client=client,
        )
    ).parsed
