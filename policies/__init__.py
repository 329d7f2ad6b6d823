"""The policy pack: rules that every stack keeps to, checked by the engine before it creates or changes a resource.

It reads resources only, and imports nothing of the program it judges.
"""
