"""What checkers say: nothing of right use (`usage`), something of each mistake (`mistakes`)."""
