"""How the differential fuzzer calls cmath."""


def direction(gen):
    """A complex number whose phase does not underflow, which C takes for an error (CPython issue 153144)."""
    parts = ('0.0', '-0.0', '1.0', '-2.5', "float('inf')", "-float('inf')", "float('nan')", '1e-20', '3e20')
    return f'complex({gen.pick(*parts)}, {gen.pick(*parts)})'


KINDS = {
    'phase.z': direction,
    **dict.fromkeys(('z', 'a', 'b', 'x', 'base', 'y_obj'), 'complex_number'),
    **dict.fromkeys(('r', 'phi'), 'number'),
}
