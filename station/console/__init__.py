"""The staff console: pages over the ledger, served to a browser on the station's desk."""
