"""Rules of the house that no linter knows: layers, documentation, sizes, traces."""
