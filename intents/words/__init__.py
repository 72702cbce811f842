"""How texts are read: sentence data, templates, lists, syllables, numbers."""
