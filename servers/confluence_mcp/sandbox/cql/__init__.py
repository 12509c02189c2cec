"""CQL for the sandbox: a grammar, the checks that Confluence makes, and the search over documents.

search = parse('space = PMOS AND text ~ "search index" ORDER BY lastmodified DESC', CqlContext(now, account_id))
for document, score in search.select(documents): ...
"""

from .document import Document
from .errors import CqlError
from .excerpts import STRATEGIES, Strategy, excerpt, mark
from .fields import CONTENT_FIELDS, USER_FIELDS, FieldCatalog
from .query import CqlContext, Search, parse

__all__ = [
    "CONTENT_FIELDS",
    "STRATEGIES",
    "USER_FIELDS",
    "CqlContext",
    "CqlError",
    "Document",
    "FieldCatalog",
    "Search",
    "Strategy",
    "excerpt",
    "mark",
    "parse",
]
