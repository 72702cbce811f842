"""The telephone: the Asterisk face of the same conversation."""
