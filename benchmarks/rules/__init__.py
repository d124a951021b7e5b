"""What each rule of the day is worth: figures, one module for each question."""
