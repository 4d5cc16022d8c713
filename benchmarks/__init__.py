"""How fast TutorHub is, as ratios to the least that Django could do; `make bench` runs it."""
