"""The screen: a big-letter face of the conversation."""
