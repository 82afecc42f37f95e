"""Downloads that another run, in another process too, can resume.

`_flow` runs a download. `_parts` plans its requests, `_receiver` takes the responses,
`_retries` counts failures and gives up, `_progress` reports. `_selected_download` fetches only
some members: `_range_reader` reads ranges of the archive, and `_remote_directory` its directory.
These two need no files. `_workspace` owns three hidden files beside the destination, named by kind
and id:

``.prolific-<kind>-<id>.part``
    The partial file: the bytes of the archive that have arrived.
``.prolific-<kind>-<id>.json``
    The sidecar: the job, the archive, and which bytes of the partial file are good.
``.prolific-<kind>-<id>.lock``
    The claim: the process that works on the download.

A byte is good once it is on the disk and the sidecar records it. The sidecar is written after
the bytes that it records, and before these bytes are overwritten. So a crash at any point can
lose bytes, but the next run never takes wrong bytes for good ones.
"""
