"""How the differential fuzzer calls _sre: patterns, and texts for them."""

import importlib.util
import pathlib
import sys

# The fuzzer runs this text, which has no __file__.
sys.path.insert(0, str(pathlib.Path(sys._getframe().f_code.co_filename).parent))

import sre_patterns as patterns
from difftest.generate import Line

# Each implementation creates its own templates.
patterns.share_templates(
    *map(importlib.import_module, filter(importlib.util.find_spec, ('_rust__sre', '_c__sre', '_sre'))),
)

# Most random lists are invalid; those that only the C module accepts crash it.
SKIP = {'compile'}
KINDS = {'template': 'anything', 'pattern': 'anything'}


def programs(gen):
    """Make a pattern, and call its methods."""
    alphabet = gen.rng.choice(patterns.ALPHABETS)
    generator = patterns.Generator(gen.rng, alphabet)
    while True:
        flags = gen.rng.choice((0, 0, 2, 8, 16, 256))
        arguments = patterns.compiled_code(generator.pattern(2), flags)
        if arguments is not None:
            break
    pattern, flags, code, *rest = arguments
    made = [repr(pattern), str(int(flags)), repr([int(word) for word in code]), *map(repr, rest)]
    program = [Line('M.compile', made, target='p')]
    for _ in range(gen.rng.randrange(1, 4)):
        text = repr(generator.text(10)) if gen.chance(0.95) else gen.anything()
        name = gen.pick('match', 'search', 'fullmatch')
        bounds = [
            gen.integer() if gen.chance(0.1) else str(gen.rng.randrange(-2, 12)) for _ in range(gen.rng.randrange(3))
        ]
        program += [
            Line(f'p.{name}', [text, *bounds], target='m'),
            Line('(m.regs, m.lastindex, m.lastgroup, m.groupdict(), m.groups(), m.pos, m.endpos) if m else None'),
            Line('m.group', [gen.pick('0', '1', "'g1'", gen.anything())]),
            Line('p.findall', [text, *bounds]),
            Line('p.split', [text, *gen.pick([], ['1'], ['-1'])]),
            Line(
                'p.subn', [gen.pick("'-'", "''", '(lambda m: m.group())', gen.anything()), text, *gen.pick([], ['1'])]
            ),
            Line('[m.regs for m in p.finditer(x)]'.replace('x', text)),
        ]
    return program


PROGRAMS = [programs]

ALLOWED = [
    (
        'a MemoryError that is raised while a buffer is requested is propagated',
        lambda line, c, rust, before: 'Buffer(MemoryError)' in line
        and c.kind == rust.kind == 'raised'
        and (c.type, rust.type) == ('TypeError', 'MemoryError'),
    ),
]
