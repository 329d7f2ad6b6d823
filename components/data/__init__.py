"""Database, cache, buckets, images and logs of the shop, and the secrets that open them."""
