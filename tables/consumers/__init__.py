"""The WebSocket edge: who may connect, what may be said, and who is told what.

`door` lets people in, `socket` is what every connection does (encoding, limits, closing), `table`
and `lobby` are the two kinds of it. Nothing here knows a rule of the game or touches the database
after the connection is made.
"""
