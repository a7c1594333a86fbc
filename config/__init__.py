"""The settings of this deployment, how it logs, how it is served, and its hooks (relay.yaml)."""
