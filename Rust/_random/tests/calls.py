"""Calls of _random for the checks that run every module under stress and without memory."""


def calls(module):
    """Every method, with each kind of input, as (label, factory of a callable)."""
    shared = module.Random(1)
    state = module.Random(2).getstate()

    class Sub(module.Random):
        """A subclass, whose objects the collector sees."""

    found = [
        ('new', lambda: lambda: module.Random(5)),
        ('new without a seed', lambda: module.Random),
        ('new of a subclass', lambda: lambda: Sub(5).random()),
        ('random', lambda: shared.random),
        ('getstate', lambda: shared.getstate),
        ('setstate', lambda: lambda: shared.setstate(state)),
        ('setstate refused', lambda: lambda: shared.setstate((*state[:-1], -1))),
    ]
    for k in (0, 1, 32, 33, 64, 65, 500, 10_000, 2**64 - 1, -1):
        found.append((f'getrandbits {k}', lambda k=k: lambda: shared.getrandbits(k)))
    for label, seed in (('int', 5), ('long int', 10**1000), ('str', 'text'), ('list', []), ('None', None)):
        found.append((f'seed {label}', lambda seed=seed: lambda: shared.seed(seed)))
    return found
