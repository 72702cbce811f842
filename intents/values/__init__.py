"""What was said of a request: days and times, places, dishes, people, and the slots they fill."""
