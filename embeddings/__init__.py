"""Articles in; passages, vectors and search out.

This package knows nothing of questions, answers or terminals.
"""
