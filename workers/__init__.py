"""The worker half: RQ workers that claim deliveries, sign and send them, and keep the ledger in order."""
