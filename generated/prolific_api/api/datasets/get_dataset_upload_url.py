from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.dataset_upload_url_get_response_201 import DatasetUploadUrlGetResponse201
from ...models.error_envelope import ErrorEnvelope
from ...types import Response


def _get_kwargs(
    dataset_id: str,
    filename: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/data-collection/datasets/{dataset_id}/upload-url/{filename}".format(
            dataset_id=quote(str(dataset_id), safe=""),
            filename=quote(str(filename), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | DatasetUploadUrlGetResponse201 | ErrorEnvelope | None:
    if response.status_code == 201:
        response_201 = DatasetUploadUrlGetResponse201.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = ErrorEnvelope.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorEnvelope.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = response.json()
        return response_403

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
) -> Response[Any | DatasetUploadUrlGetResponse201 | ErrorEnvelope]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    dataset_id: str,
    filename: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | DatasetUploadUrlGetResponse201 | ErrorEnvelope]:
    """Get a presigned URL to upload a file into a dataset.

    Args:
        dataset_id (str):
        filename (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | DatasetUploadUrlGetResponse201 | ErrorEnvelope]
    """

    kwargs = _get_kwargs(
        dataset_id=dataset_id,
        filename=filename,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    dataset_id: str,
    filename: str,
    *,
    client: AuthenticatedClient,
) -> Any | DatasetUploadUrlGetResponse201 | ErrorEnvelope | None:
    """Get a presigned URL to upload a file into a dataset.

    Args:
        dataset_id (str):
        filename (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | DatasetUploadUrlGetResponse201 | ErrorEnvelope
    """

    return sync_detailed(
        dataset_id=dataset_id,
        filename=filename,
        client=client,
    ).parsed


async def asyncio_detailed(
    dataset_id: str,
    filename: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | DatasetUploadUrlGetResponse201 | ErrorEnvelope]:
    """Get a presigned URL to upload a file into a dataset.

    Args:
        dataset_id (str):
        filename (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | DatasetUploadUrlGetResponse201 | ErrorEnvelope]
    """

    kwargs = _get_kwargs(
        dataset_id=dataset_id,
        filename=filename,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    dataset_id: str,
    filename: str,
    *,
    client: AuthenticatedClient,
) -> Any | DatasetUploadUrlGetResponse201 | ErrorEnvelope | None:
    """Get a presigned URL to upload a file into a dataset.

    Args:
        dataset_id (str):
        filename (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | DatasetUploadUrlGetResponse201 | ErrorEnvelope
    """

    return (
        await asyncio_detailed(
            dataset_id=dataset_id,
            filename=filename,
            client=client,
        )
    ).parsed
