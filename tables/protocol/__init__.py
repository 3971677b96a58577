"""The wire protocol: messages, strict decoding, encoding, codes and the schema made from them.

`messages` says what may be sent either way, once for JSON and MessagePack; `decode` is the only way
in from the outside; `codec` the way out; `codes` names every refusal. `docs/protocol.md` is the
same for readers, and its lists are generated from here.
"""
