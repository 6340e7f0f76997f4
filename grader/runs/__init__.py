"""What was recorded, in order: events -> epochs -> training runs."""
