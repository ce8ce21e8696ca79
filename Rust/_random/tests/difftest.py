"""How the differential fuzzer calls _random."""

from difftest.generate import Line


def seed(gen):
    """Return something that a generator can be seeded with; None and a hash that is an address would be random seeds."""
    fixed = ('1.5', '-0.0', '1e300', "float('inf')", "'abc'", "b'abc'", '[]', '{}', 'bytearray()', '()', '1j', 'True', '10**5000')
    return gen.of(gen.pick('integer', 'whole', 'small')) if gen.chance(0.7) else gen.pick(*fixed)


def bits(gen):
    return gen.pick(*map(str, (0, 1, 31, 32, 33, 53, 64, 65, 100, 1000, 20_000))) if gen.chance(0.9) else gen.anything()


def state(gen):
    """Return a state, whole or damaged."""
    index = gen.pick('0', '1', '623', '624', '625', '-1', gen.of('integer'))
    word = gen.of(gen.pick('integer', 'index', 'small', 'number'))
    return gen.pick(
        's', f's[:-1] + ({index},)', f's[:5] + ({word},) + s[6:]', 's[1:]', 'list(s)', gen.anything(), f'(7,) * 624 + ({index},)'
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
