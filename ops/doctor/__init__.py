"""The command `doctor`: looks at a stack, and says what is wrong with it, why, and what to do next."""
