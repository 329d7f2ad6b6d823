"""The catalogue's entries, one module per service.

Typical seconds are medians of public deployment logs, or an inference where AWS publishes nothing and no log was found.
"""
