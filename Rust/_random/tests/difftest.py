"""How the differential fuzzer calls _random."""

from difftest.generate import Line


def seed(gen):
    """Return a seed; None, and a hash that is an address, would be random."""
    fixed = (
        '1.5',
        '-0.0',
        '1e300',
        "float('inf')",
        "'abc'",
        "b'abc'",
        '[]',
        '{}',
        'bytearray()',
        '()',
        '1j',
        'True',
        '10**5000',
    )
    bits = gen.rng.choice((0, 3, 31, 32, 33, 64, 65, 1000, 20_000))
    number = gen.rng.getrandbits(bits) * gen.rng.choice((1, -1))
    return gen.pick(hex(number), f'IntSub({hex(number)})') if gen.chance(0.7) else gen.pick(*fixed)


def bits(gen):
    # Not just any number: there is memory for an int of some thousand million bits.
    odd = (
        '-1',
        '2**64',
        '2**64 - 1',
        '2**60',
        '1.5',
        "'1'",
        'None',
        'Index(5)',
        'Index(-1)',
        'True',
        '[]',
        'IntSub(70)',
    )
    return (
        gen.pick('0', '1', '31', '32', '33', '53', '64', '65', '1000', '20_000') if gen.chance(0.9) else gen.pick(*odd)
    )


def state(gen):
    """Return a state, whole or damaged."""
    index = gen.pick('0', '1', '623', '624', '625', '-1', gen.of('integer'))
    word = gen.of(gen.pick('integer', 'index', 'small', 'number'))
    return gen.pick(
        's',
        f's[:-1] + ({index},)',
        f's[:5] + ({word},) + s[6:]',
        's[1:]',
        'list(s)',
        gen.anything(),
        f'(7,) * 624 + ({index},)',
    )


def generators(gen):
    """Use one generator again and again, and look at it."""
    program = [Line(f'M.Random({gen.rng.randrange(9)})', target='o'), Line('o.getstate()', target='s')]
    for _ in range(gen.rng.randrange(1, 9)):
        program.append(
            Line(
                gen.pick(
                    'o.random()',
                    '[o.random() for _ in range(400)]',
                    f'o.getrandbits({bits(gen)})',
                    f'o.getrandbits({bits(gen)})',
                    f'o.seed({seed(gen)})',
                    f'o.__init__({seed(gen)})',
                    f'o.setstate({state(gen)})',
                )
            )
        )
        program.append(Line('o.getstate()', target='s' if gen.chance(0.3) else ''))
    return program


PROGRAMS = [generators]
