"""What is asked: an assignment's folder, read and found consistent."""
