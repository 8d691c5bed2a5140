"""Reports: what a run found, as lines of JSON, and every view of it."""
