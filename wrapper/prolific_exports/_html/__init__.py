"""HTML pages that are one file: the tree of elements, the document, the shared style.

Used by the page of the data, the codebook's page and the reports of the gate. A page loads
nothing from the network; its Content-Security-Policy allows the scripts and styles that it
contains, by their digests, and nothing else.
"""
