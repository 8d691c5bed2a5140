"""Type checkers on wrong uses of the package; right uses are in typing_tests."""
