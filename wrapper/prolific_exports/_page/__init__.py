"""A page to look at the data: one HTML file, and a folder beside it for large uploads.

``_totals`` reads the archives once, for what the page says before its first row. ``_questions`` are
the cards, ``_rows`` the answers, as JSON for the page's scripts in ``assets``. ``_page_files`` puts
uploaded files into the page or beside it, ``_sniffing`` decides which of them are shown.
``_header`` and ``_notes`` are texts; ``_writing`` combines everything.
"""

from prolific_exports._page._notes import PageSummary
from prolific_exports._page._writing import EMBED_LIMIT, write_page

__all__ = ["EMBED_LIMIT", "PageSummary", "write_page"]
