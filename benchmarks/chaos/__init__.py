"""`make chaos`: a payment load, processes killed at random moments, and what the books then say."""
