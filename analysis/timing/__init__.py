"""How long operations on a stack take: recorded, and projected with the durations that are known of AWS."""
