"""Downloads that go on where they stopped, in another process too.

The flow (`_flow`) decides; everything it knows of files goes through a `_workspace`,
which holds three small files beside the target, named by kind and id:

``.prolific-<kind>-<id>.part``
    The archive as far as it has arrived.
``.prolific-<kind>-<id>.json``
    The sidecar: which job, which archive, which bytes of the partial are good.
``.prolific-<kind>-<id>.lock``
    The claim: which process works on it.

A byte counts as good once it is on the disk and the sidecar says so. The sidecar is
written after the bytes that it vouches for and before bytes that it no longer vouches
for, so a crash at any point loses bytes but never takes wrong ones for good.
"""
