"""A server for agents: the SDK as tools of the Model Context Protocol.

``_tools`` has the tools, ``_folder`` keeps them within one folder, ``_results`` makes results, and
``_server`` registers the tools with the package ``mcp``, which only this room imports.
"""
