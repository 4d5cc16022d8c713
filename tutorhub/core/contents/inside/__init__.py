"""What runs in the child process. Imports nothing of TutorHub or Django, and gets no secret."""
