"""JustClick's API 1.0: how a call is signed, sent and judged, what its functions take and what its codes mean."""
