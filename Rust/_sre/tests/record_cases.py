"""Write the cases of src/core/tests/cases.txt: random patterns, and the results of the C module.

    record_cases.py COUNT > cases.txt

A line is the number of groups, the words of the code list, what is looked for, where from and up to where, the
characters of the text, and what is found: nothing, or the positions of the match and of its groups and the last group.
"""

import random
import re
import sys

import sre_patterns as patterns


def main(count, seed=20260101):
    rng = random.Random(seed)
    done = 0
    while done < count:
        gen = patterns.Generator(rng, 'abAB01_ \n')
        pattern = gen.pattern()
        flags = re.ASCII | rng.choice((0, 0, re.IGNORECASE, re.MULTILINE, re.DOTALL))
        arguments = patterns.compiled_code(pattern, flags)
        if arguments is None:
            continue
        made = patterns.compile(re._compiler._sre, pattern, flags)
        text = gen.text()
        start, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        start, end = rng.choice(((0, len(text)), (0, len(text)), (start, end)))
        mode = rng.choice(('match', 'fullmatch', 'search'))
        found = getattr(made, mode)(text, start, end)
        result = []
        if found is not None:
            result = [position for span in found.regs for position in span] + [found.lastindex or 0]
        words = ' '.join(str(int(word)) for word in arguments[2])
        characters = ' '.join(str(ord(c)) for c in text)
        print(f'{made.groups};{words};{mode} {start} {end};{characters};{" ".join(map(str, result))}')
        done += 1


if __name__ == '__main__':
    main(int(sys.argv[1]), *map(int, sys.argv[2:]))
