"""What a submission's answers are worth: an execution, question by question, to a report."""
