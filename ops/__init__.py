"""Commands for the people who operate the shop. They read; nothing here changes anything."""
