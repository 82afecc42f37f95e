"""Other archives of a job than the one that the store serves."""

import io

from prolific_contract.sandbox._archive import ArchiveSpec, write_archive
from prolific_contract.sandbox._jobs import SandboxJob


def spec_of(job: SandboxJob) -> ArchiveSpec:
    """The specification of a job's archive, of the size that the proofs of the gate use."""
    return ArchiveSpec(
        kind=job.kind,
        resource_id=job.resource_id,
        exported_at=job.requested_at,
        submissions=3,
        files=1,
        seed=1,
        filter=job.filter,
    )


def written(spec: ArchiveSpec) -> bytes:
    """The archive of a specification."""
    target = io.BytesIO()
    write_archive(spec, target)
    return target.getvalue()
