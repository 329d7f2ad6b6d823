"""The policy pack: rules that the engine checks for every stack, before it creates or changes a resource.

The rules look at resources only and import nothing of the program. The one exception is the monthly budget, which is
read and estimated with `analysis`, as `python -m ops cost` does.
"""
