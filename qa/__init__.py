"""From a question to an `Answer` made of verbatim, cited sentences, and the command line."""

__version__ = "0.1.0"
