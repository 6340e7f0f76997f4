"""A push to a student's repository: which notebook, by which public checks, and where it is shown."""
