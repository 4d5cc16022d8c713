"""Go and ask: what no webhook told us, and whether our books and Razorpay's agree (R1 to R7)."""
