"""What runs in the student's process: torch, ipykernel, the standard library and ``grader.recorder``."""
