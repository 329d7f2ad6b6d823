"""The policy pack: rules that every stack keeps to, checked by the engine before it creates or changes a resource.

It reads resources only. What the program makes of its configuration it does not import; the budget is the exception,
which is read and estimated by `analysis`, as `python -m ops cost` does.
"""
