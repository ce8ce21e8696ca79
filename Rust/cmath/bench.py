"""What `make bench` measures of cmath."""

PEERS = {}


SWEEP = {
    **dict.fromkeys(('.a', '.b', '.z'), 'complex'),
    **dict.fromkeys(('.phi', '.r'), 'float'),
    'log': [('complex',), ('complex', 'complex')],
}


def rows(bench, rust, c, peers):
    """Add each row: its name, the size of its input, and a call for each implementation."""

    def both(name, function, *args):
        bench.row(name, 1, {'rust': (getattr(rust, function), args, {}), 'C': (getattr(c, function), args, {})}, 0.97)

    for function in (
        'acos',
        'acosh',
        'asin',
        'asinh',
        'atan',
        'atanh',
        'cos',
        'cosh',
        'exp',
        'isfinite',
        'isinf',
        'isnan',
        'log',
        'log10',
        'phase',
        'polar',
        'sin',
        'sinh',
        'sqrt',
        'tan',
        'tanh',
    ):
        both(f'{function}(z)', function, 0.7 + 0.3j)
    both('log(z, base)', 'log', 0.7 + 0.3j, 2)
    both('rect(r, phi)', 'rect', 1.5, 0.7)
    both('isclose(a, b)', 'isclose', 1 + 1j, 1.0000000001 + 1j)


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with a number of its own."""
    for function in ('exp', 'sqrt'):

        def make(module, function=function):
            return getattr(module, function), (complex('0.7+0.3j'),), {}

        bench.thread_row(f'{function}(z)', 1, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)})
