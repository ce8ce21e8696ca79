"""Count the lines of C that each class needs in its module; fail when a class has more than LIMIT.

  check   print only what is wrong (`make check` runs this)
  table   print the lines of all classes

A class is a `rust_class` in the C file of a module.  Its lines are those of the definition, of all functions, macros,
tables and includes in the file that it refers to, directly or indirectly, and of the functions that Rust calls, whose
names begin like that of its `instance` function.  Blank lines and comments are not counted.  Code that two classes
share is counted for each.
"""

import re
import sys

from build.setup_rust import TOP
from build.upstream import Source
from check.count_unsafe import code_lines, without_comments

LIMIT = 20

# The classes with more lines than LIMIT: how many each may have, and the reason.
EXCEPTIONS = {}

CLASS = re.compile(r'\bconst\s+rust_class\s+(\w+)\s*=')
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"upstream/(\w+)\.h"', re.MULTILINE)
WORD = re.compile(r'[A-Za-z_]\w*')


def parts(path):
    """Return {name: [text]} of the definitions in a C file, without comments."""
    source = Source(path)
    found = {}
    for item in source.items:
        text = without_comments(item.text)
        name = item.name
        if item.kind == 'call':
            # The use of a macro that makes a function: the name is its first argument.
            name = next(iter(WORD.findall(text)[1:]), '')
        found.setdefault(name, []).append(text)
    for name in INCLUDE.findall(source.text):
        found.setdefault(name, []).append(f'include {name}')
    found.pop('', None)
    return found


def classes(found):
    """Return {class: the names of the definitions that count for it}."""
    own = {name: texts[0] for name, texts in found.items() if CLASS.search(texts[0])}
    counted = {}
    for name, text in own.items():
        instance = re.search(r'\.instance\s*=\s*(\w+_)instance\b', text)
        reached, waiting = set(), [name, *(other for other in found if instance and other.startswith(instance[1]))]
        while waiting:
            part = waiting.pop()
            reached.add(part)
            words = {word for text in found[part] for word in WORD.findall(text)}
            waiting += [word for word in words if word in found and word not in reached and word not in own]
        counted[name] = reached
    return counted


def measure(path):
    """Return the lines of each class of a C file, and those of the file that count for none."""
    found = parts(path)
    lines = {name: sum(map(code_lines, texts)) for name, texts in found.items()}
    counted = classes(found)
    total = code_lines(without_comments(path.read_text(encoding='utf-8')))
    rest = total - sum(lines[name] for name in set().union(*counted.values()))
    return {name: sum(lines[part] for part in reached) for name, reached in counted.items()}, rest


def module_files(top=TOP):
    """Return the C files of modules that have classes."""
    return [path for path in sorted(top.glob('Rust/*/*.c')) if CLASS.search(path.read_text(encoding='utf-8'))]


def problems(files, exceptions, limit=LIMIT):
    """Return what is wrong: classes that are too large, and exceptions that do not match their class."""
    found, known = [], set()
    for path in files:
        for name, lines in measure(path)[0].items():
            key = f'{path.parent.name}.{name}'
            known.add(key)
            allowed = exceptions.get(key, (limit, ''))[0]
            if lines > allowed:
                found.append(f'{key}: {lines} lines of C, more than {allowed}')
            elif key in exceptions and lines < allowed:
                found.append(f'{key}: {lines} lines of C, but its exception is for {allowed}')
    found += [f'{key}: an exception for a class that does not exist' for key in exceptions if key not in known]
    return found


def table(files):
    """Print the lines of each class."""
    print('| module | class | lines |\n| --- | --- | ---: |')
    for path in files:
        sizes, rest = measure(path)
        for name, lines in sizes.items():
            print(f'| {path.parent.name} | {name} | {lines} |')
        print(f'| {path.parent.name} | the rest of the file | {rest} |')


def main():
    if sys.argv[1:] == ['table']:
        table(module_files())
        return
    if sys.argv[1:] != ['check']:
        sys.exit(__doc__)
    found = problems(module_files(), EXCEPTIONS)
    print('\n'.join(found), end='\n' if found else '')
    sys.exit(bool(found))


if __name__ == '__main__':
    main()
