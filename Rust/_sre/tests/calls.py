"""Calls of _sre for the checks that run every module under stress and without memory."""


def calls(module):
    """Every function, with short and long input, as (label, factory of a callable without arguments)."""
    return [
        ('example', lambda: lambda: module.example(b'abc')),
        ('example long', lambda: lambda: module.example(bytes(100_000))),
        ('example refused', lambda: lambda: module.example(None)),
    ]


def buffers(module):
    """Functions of one buffer, which other threads write to and resize meanwhile."""
    return [('example', module.example)]
