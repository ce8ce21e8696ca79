"""Make a program that shows a difference as small as it gets, by leaving out and by simplifying what is there."""

import dataclasses
import re

SIMPLE = ('0', '1', "b''", "''", 'None', "b'a'", "'a'")
# The limit of attempts, for a program that takes long to run.
TRIES = 250


def smaller_lines(program):
    """Give the programs with one line less, the last lines first."""
    for number in reversed(range(len(program))):
        if len(program) > 1:
            yield program[:number] + program[number + 1 :]


def smaller_text(text):
    """Give simpler versions of an expression."""
    for simple in SIMPLE:
        if len(simple) < len(text):
            yield simple
    # An argument of a call or an item of a list may be enough.
    if match := re.fullmatch(r'\w+\((.*)\)', text, re.DOTALL):
        yield match[1]
    for match in re.finditer(r'data\((\d+), (\d+)', text):
        size = int(match[2])
        for less in sorted({size // 2, size * 3 // 4, size - 1} - {size, 0}):
            yield f'{text[: match.start()]}data({match[1]}, {less}{text[match.end() :]}'
    if match := re.fullmatch(r"(b?)'([^'\\]*)'", text):
        middle = len(match[2]) // 2
        for piece in (match[2][:middle], match[2][middle:]):
            if len(piece) < len(match[2]):
                yield f"{match[1]}'{piece}'"


def smaller_calls(program):
    """Give the programs in which one argument is missing or simpler."""
    for number, line in enumerate(program):
        if line.args is None:
            for text in smaller_text(line.callee):
                if len(text) > 7:
                    yield program[:number] + [dataclasses.replace(line, callee=text)] + program[number + 1 :]
            continue
        options = [(line.args, {k: v for k, v in line.kwargs.items() if k != key}) for key in line.kwargs]
        if line.args:
            options.append((line.args[:-1], line.kwargs))
        for place, text in enumerate(line.args):
            options += [
                (line.args[:place] + [simple] + line.args[place + 1 :], line.kwargs) for simple in smaller_text(text)
            ]
        for key, text in line.kwargs.items():
            options += [(line.args, line.kwargs | {key: simple}) for simple in smaller_text(text)]
        for args, kwargs in options:
            yield program[:number] + [dataclasses.replace(line, args=args, kwargs=kwargs)] + program[number + 1 :]


def weight(program):
    """Return what is to become less."""
    numbers = sum(int(number) for line in program for number in re.findall(r'data\(\d+, (\d+)', line.text()))
    return len(program), sum(len(line.text()) for line in program), numbers


def minimise(program, differs):
    """Return the smallest program found for which `differs` is still true."""
    tries, shrinking = 0, True
    while shrinking:
        shrinking = False
        for candidate in (*smaller_lines(program), *smaller_calls(program)):
            tries += 1
            if tries > TRIES:
                return program
            try:
                smaller = weight(candidate) < weight(program) and differs(candidate)
            except SyntaxError:
                # The text inside brackets need not be an expression.
                continue
            if smaller:
                program, shrinking = candidate, True
                break
    return program
