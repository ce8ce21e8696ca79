"""How the differential fuzzer calls cmath."""

KINDS = {
    **dict.fromkeys(('z', 'a', 'b', 'x', 'base', 'y_obj'), 'complex_number'),
    **dict.fromkeys(('r', 'phi'), 'number'),
}
