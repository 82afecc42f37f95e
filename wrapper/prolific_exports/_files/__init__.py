"""Files on the disk: destinations, publishing, staging, and which process they belong to.

Downloads, archives and tables share this room. It knows nothing of what the files hold:

- `_process`: the identity of a process, and whether it has ended.
"""
