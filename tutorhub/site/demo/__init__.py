"""Demo data: a small, deterministic TutorHub made through the same services that people use."""
