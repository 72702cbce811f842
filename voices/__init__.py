"""Ears and mouth: audio in, text out; text in, audio out. Knows nothing of services."""

import os

# ONNX Runtime tells its makers about the machine, unless this stands before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
