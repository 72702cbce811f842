"""The ledger: requests, residents, and everything after the promise."""
