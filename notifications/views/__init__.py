"""The development inbox, and the doors for receipts."""
