"""What `make bench` measures of _sre."""

PEERS = {}


def rows(bench, rust, c, peers):
    """Add each row: its name, the size of its input, and a call for each implementation."""
    for size in (16, 65536):
        data = bench.random_bytes(size)
        # C's _sre has no such function.
        bench.row(f'example {size}', size, {'rust': (rust.example, (data,), {}), 'C': (sum, (data,), {})})
