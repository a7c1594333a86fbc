"""The configuration file ``relay.yaml``: read, checked against everything that can be known beforehand, made ours."""
