"""The mock of a LiveKit server, which tests of users start."""
