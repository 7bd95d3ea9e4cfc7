"""What each flag does, a file a kind. Imported only when its flag is given."""
