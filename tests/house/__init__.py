"""Rules of this project that no linter checks: layers, documentation, sizes, traces, language."""
