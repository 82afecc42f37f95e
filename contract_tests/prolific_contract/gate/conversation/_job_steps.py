"""What a conversation does with export jobs, for the probes that work on them."""

from attrs import frozen

from prolific_contract.gate.conversation._job_deletions import JobDeletions
from prolific_contract.gate.conversation._job_lists import JobLists
from prolific_contract.gate.conversation._job_polls import JobPolls


@frozen
class JobSteps:
    """The polls, lists and deletions of one conversation."""

    polls: JobPolls
    lists: JobLists
    deletions: JobDeletions
