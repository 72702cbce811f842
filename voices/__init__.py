"""Ears and mouth: audio in, text out; text in, audio out. Knows nothing of services."""
