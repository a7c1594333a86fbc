"""The proof that nothing is lost: faults under load, and an audit that holds the books against what JustClick saw.

Starts real processes and only ever kills what it has started; only loopback is a target.
"""
