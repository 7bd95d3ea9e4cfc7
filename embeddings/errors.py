"""One root for every error that a person may be shown: what happened, and what to do next."""

from __future__ import annotations


class DatelineError(Exception):
    """The root. Its text is one line, fit to be printed after ``dateline: ``."""


class LibraryUnusable(DatelineError):
    """The library cannot be opened, read or written."""


class LibraryAbsent(LibraryUnusable):
    """There is no library there yet."""


class ModelUnavailable(DatelineError):
    """A model is absent, damaged or not what its digest says."""


class ArticleUnreadable(DatelineError):
    """One file could not be read as articles; the rest go on."""


class NotFound(DatelineError):
    """No article in the library has that id or path."""
