"""Print the patterns and texts of throughput.rs with the microseconds that this interpreter's re needs for findall.

Lines: `C` rows of the character tables as in tests/dump.py, `R name groups count microseconds text-number code...`,
and before them `X text` with the characters of a text.
"""

import re
import re._compiler
import sys
import timeit

sys.path.insert(0, __file__.rpartition('/')[0] + '/../tests')
import dump

LINE = (
    '2026-11-26T10:15:{:02d} host{} app[{}]: user=alice.smith{}@example.com GET http://www.example.com/path/{}?q=1 '
    'from 192.168.{}.{} said "quoted text {}" and took 3.14e-{} seconds, the quick brown fox jumps over the dog\n'
)
MIXED = ''.join(LINE.format(i % 60, i, i * 7, i, i * 3, i % 256, i * 5 % 256, i, i % 9) for i in range(100))
PLAIN = 'the quick brown fox jumps over the lazy dog and runs away from all the other animals here. ' * 220
CYRILLIC = 'Съешь же ещё этих мягких французских булок, да выпей чаю. ' * 300
WORDS = 'time year people way day man thing woman life child world school state family student group country'.split()

MANY = [''.join('bcdfghjklmnpqrstvwxz'[i * k % 20] + 'aeiou'[i // k % 5] for k in (1, 7, 13)) for i in range(1000)]

ROWS = [
    ('literal', 'quoted text 77', 0, MIXED),
    ('email', r'[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+', 0, MIXED),
    ('email, groups', r'([a-zA-Z0-9_.+-]+)@([a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+)', 0, MIXED),
    ('email, no hit', r'[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+', 0, PLAIN),
    ('date', r'\d{4}-\d{2}-\d{2}', 0, MIXED),
    ('date, groups', r'(\d{4})-(\d{2})-(\d{2})', 0, MIXED),
    ('URI', r'[\w]+://[^/\s?#]+[^\s?#]+(?:\?[^\s#]*)?(?:#[^\s]*)?', 0, MIXED),
    ('IPv4', r'(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9])', 0, MIXED),
    ('alternation of 3', 'fox|jumps|seconds', 0, MIXED),
    ('alternation of 17', '|'.join(WORDS), 0, PLAIN),
    ('alternation of 1000', '|'.join([*MANY, 'animals']), 0, PLAIN),
    ('IGNORECASE', 'EXAMPLE', re.I, MIXED),
    ('no hit', 'xylophone', 0, PLAIN),
    ('no hit, class', '[xz]yl[a-z]+', 0, PLAIN),
    ('quoted string', r'"[^"\\]*(?:\\.[^"\\]*)*"', 0, MIXED),
    ('number', r'[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?', 0, MIXED),
    ('\\w+', r'\w+', 0, MIXED),
    ('\\b\\w+\\b', r'\b\w+\b', 0, MIXED),
    ('\\w+ Cyrillic', r'\w+', 0, CYRILLIC),
    ('word Cyrillic', 'булок|чаю', 0, CYRILLIC),
    ('line end', r'[^\n]*?\d+$', re.M, MIXED),
    ('\\s+$', r'\s+$', 0, MIXED),
    ('log line', r'^(\S+) (\S+) (\w+)\[(\d+)\]: (.*)$', re.M, MIXED),
]


def main():
    dump.tables(sorted(set(map(ord, MIXED + PLAIN + CYRILLIC)) | set(range(256))))
    texts = [MIXED, PLAIN, CYRILLIC]
    for text in texts:
        print('X', *map(ord, text))
    for name, source, flags, text in ROWS:
        pattern = re.compile(source, flags)
        count = len(pattern.findall(text))
        seconds = min(timeit.repeat(lambda: pattern.findall(text), number=1, repeat=5))
        code = re._compiler._code(re._parser.parse(source, flags), flags)
        label = name.replace(' ', '_')
        print('R', label, pattern.groups, count, seconds * 1e6, texts.index(text), *map(int, code))


main()
