"""The Textual app over `qa.engine.Engine`."""
