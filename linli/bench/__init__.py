"""What Linli reaches, measured side by side in one run."""
