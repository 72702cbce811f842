"""What do they want? Pure: text and a clock in, understanding and the next turn out."""

from intents.engine import Engine
from intents.errors import DataError, IntentError
from intents.types import Guess, Intent, Understanding

__all__ = ["DataError", "Engine", "Guess", "Intent", "IntentError", "Understanding"]
