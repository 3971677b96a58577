"""Addresses and signatures.

`extended` derives addresses from public keys and `addresses` judges what people type: both run
anywhere. `signing` is the only module that touches private keys: it refuses to load them in a
process that is not the signer's.
"""
