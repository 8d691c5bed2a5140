"""The API with LiveKit's own mock of it, and LiveKit's own clients with our mock."""
