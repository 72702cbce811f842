"""What one utterance asks for: emergencies, requests, answers, and how sure that is."""
