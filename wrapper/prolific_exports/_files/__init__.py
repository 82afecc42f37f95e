"""Files on the disk: what downloads, archives, tables and reports share.

It knows nothing of what files hold:

- `_destinations`: where a file may be written;
- `_disk`: the few things that are done with files, and what a simulation replaces;
- `_failures`: what the system refuses, as errors of this package;
- `_names`: names that others chose, as files that every system can hold;
- `_process`: the identity of a process, and whether it has ended;
- `_publishing`: a file gets its name once it is complete, or not at all;
- `_trust`: hidden files are opened only if this user made them;
- `_staging`: files and folders that are being written, and what a killed process left of them.
"""
