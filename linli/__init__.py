"""The composition room: which recogniser, which ledger, which face; and the linli command."""
