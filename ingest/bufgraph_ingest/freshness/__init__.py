"""Whether what is recorded still holds: reviews that are due, and links that lead nowhere."""
