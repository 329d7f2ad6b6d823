"""Names that change with what they stand for."""

import hashlib
import json


def content_hash(content: object) -> str:
    """Ten hexadecimal digits that differ where the content does, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]
