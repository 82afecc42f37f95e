"""File handling shared by downloads, archives, tables and reports.

These modules don't depend on the content of files:

- `_destinations`: checks where a file may be written;
- `_disk`: the file operations, which a simulation replaces;
- `_failures`: errors of the operating system, as errors of this package;
- `_names`: names from an archive, as paths that every system accepts;
- `_process`: the identity of a process, and whether it has ended;
- `_publishing`: gives a complete file its final name;
- `_staging`: hidden files and folders for output in progress, and their leftovers;
- `_trust`: opens hidden files only if this user created them.
"""
