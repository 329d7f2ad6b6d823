"""What the shop keeps: database, cache, buckets, images, logs, and the secrets that open them."""
