"""Proof that an app is the one that we gave to the shops: Google's and Apple's attestation.

Both are signed papers that are read here, with keys that the settings hold; no call goes out. The
libraries that read them are loaded when the first proof comes.
"""

from accounts.gateway.interface import Attestor, NotGenuine, Proof, attestor

__all__ = ["Attestor", "NotGenuine", "Proof", "attestor"]
