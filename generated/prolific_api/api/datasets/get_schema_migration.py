from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_envelope import ErrorEnvelope
from ...models.schema_migration_job import SchemaMigrationJob
from ...types import Response


def _get_kwargs(
    dataset_id: UUID,
    job_id: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/data-collection/datasets/{dataset_id}/schema-migrations/{job_id}".format(
            dataset_id=quote(str(dataset_id), safe=""),
            job_id=quote(str(job_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | SchemaMigrationJob | None:
    if response.status_code == 200:
        response_200 = SchemaMigrationJob.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ErrorEnvelope.from_dict(response.json())

        return response_400

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
) -> Response[ErrorEnvelope | SchemaMigrationJob]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    dataset_id: UUID,
    job_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorEnvelope | SchemaMigrationJob]:
    """Get how far a schema migration of a dataset is.

    Args:
        dataset_id (UUID):
        job_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | SchemaMigrationJob]
    """

    kwargs = _get_kwargs(
        dataset_id=dataset_id,
        job_id=job_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    dataset_id: UUID,
    job_id: UUID,
    *,
    client: AuthenticatedClient,
) -> ErrorEnvelope | SchemaMigrationJob | None:
    """Get how far a schema migration of a dataset is.

    Args:
        dataset_id (UUID):
        job_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | SchemaMigrationJob
    """

    return sync_detailed(
        dataset_id=dataset_id,
        job_id=job_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    dataset_id: UUID,
    job_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorEnvelope | SchemaMigrationJob]:
    """Get how far a schema migration of a dataset is.

    Args:
        dataset_id (UUID):
        job_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | SchemaMigrationJob]
    """

    kwargs = _get_kwargs(
        dataset_id=dataset_id,
        job_id=job_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    dataset_id: UUID,
    job_id: UUID,
    *,
    client: AuthenticatedClient,
) -> ErrorEnvelope | SchemaMigrationJob | None:
    """Get how far a schema migration of a dataset is.

    Args:
        dataset_id (UUID):
        job_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | SchemaMigrationJob
    """

    return (
        await asyncio_detailed(
            dataset_id=dataset_id,
            job_id=job_id,
            client=client,
        )
    ).parsed
