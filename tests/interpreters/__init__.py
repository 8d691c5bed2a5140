"""The Pythons that tests run on: found, or fetched from Debian and unpacked, not installed."""
