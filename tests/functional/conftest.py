"""The fixtures of the chat's tests; what else they share is in tests/driving.py."""

from driving import app, config, fresh, gate, library

__all__ = ["app", "config", "fresh", "gate", "library"]
