"""The native codec against the exact one: a fuzzer, and tests of memory, threads and hostile input."""
