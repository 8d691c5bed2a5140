"""What checkers say of use that is wrong; use that is right is in typing_tests."""
