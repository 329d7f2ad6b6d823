"""Facts and arithmetic that the rest of the program builds on; nothing here loads an SDK."""
