"""One screen a file. Screens alone start workers and know the engine."""
