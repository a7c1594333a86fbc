"""How a sender proves itself: a few families of proof, each a row of data. Never tells a secret, not even in a hint.

A provider lists rows; the first one that the request carries and that the hook has a secret for decides.
"""

from relay.verifying.callbacks import CallBack
from relay.verifying.networks import Networks
from relay.verifying.options import check_options
from relay.verifying.proof import Proof, armed, verify
from relay.verifying.publickeys import Jwt, PublicKey
from relay.verifying.rows import proofs_of
from relay.verifying.secrets import CHOSEN, KEY_NAME, Basic, Secret
from relay.verifying.signatures import Signature, stamped
from relay.verifying.texts import Sorted

__all__ = [
    "CHOSEN",
    "KEY_NAME",
    "Basic",
    "CallBack",
    "Jwt",
    "Networks",
    "Proof",
    "PublicKey",
    "Secret",
    "Signature",
    "Sorted",
    "armed",
    "check_options",
    "proofs_of",
    "stamped",
    "verify",
]
