"""Take from CPython's source what describes a module with a C twin: parsing code, docstrings, tables.

The C file of a Rust module includes what it wants by name:

  #include "upstream/clinic.h"      all that Argument Clinic has made for the twin
  #include "upstream/docs.h"        all docstrings that stand in the twin's own source
  #include "upstream/NAME.h"        the variable, function, macro or type NAME of the twin's source

This reads those lines, finds the definitions in the twin's source in the tree that is being built, and writes the
headers.  Nothing of CPython's text is in this repository, and a new release brings its own.

In clinic.h the functions that the parsing code ends in (`..._impl`) are no longer `static`: they are Rust's.  The C
compiler sees two declarations of each, this one and cbindgen's in Include/rust, and refuses them when they disagree.
"""

import argparse
import pathlib
import re
import sys
import typing

WANTED = re.compile(r'#\s*include\s+"upstream/(\w+)\.h"')
CLINIC = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"(clinic/[\w./]+)"', re.MULTILINE)
IMPL = re.compile(r'^static (?=\S[^;{]*\w+_impl\([^;{]*\);$)', re.MULTILINE)
CONDITIONAL = re.compile(r'#\s*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b')
DEFINE = re.compile(r'#\s*define\s+(\w+)')
DOC_VARIABLE = re.compile(r'static\s+const\s+char\s*(?:\*\s*const\s+)?(\w*doc\w*)\s*(?:\[\])?\s*=', re.IGNORECASE)

# The text between two brackets; quotes and comments are not split.
TOKEN = re.compile(
    r"""
      (?P<comment> /\*.*?\*/ | //(?:\\\n|[^\n])* )
    | (?P<string> "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+' )
    | (?P<directive> ^[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])* )
    | (?P<word> [A-Za-z_]\w* )
    | (?P<space> \n | [^\S\n]+ )
    | (?P<other> [0-9](?:[eEpP][+-]|[\w.'])* | . )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
OPEN = {'(': ')', '[': ']', '{': '}'}


class UpstreamError(Exception):
    """CPython's source is not as this tool expects it."""


class Token(typing.NamedTuple):
    """A word, a bracket or anything else of C that is not divided further."""

    kind: str
    text: str
    start: int
    end: int


class Item(typing.NamedTuple):
    """A definition at the top level of a C file."""

    kind: str  # 'variable', 'function', 'macro', 'type' or 'call', which is the use of a macro
    name: str
    text: str
    conditions: tuple[tuple[str, ...], ...]  # for each open #if: its lines down to the branch that the item is in

    def guarded(self):
        """Return the text with the conditions under which it is compiled."""
        opened = [line for group in self.conditions for line in group]
        return '\n'.join([*opened, self.text, *['#endif'] * len(self.conditions)]) + '\n'


class Source:
    """The definitions of one C file."""

    def __init__(self, path, text=None):
        self.path = path
        self.text = path.read_text(encoding='utf-8') if text is None else text
        self.items = list(self._parse())

    def fail(self, offset, message):
        """Raise an error that names the file and the line."""
        line = self.text.count('\n', 0, offset) + 1
        raise UpstreamError(f'{self.path}:{line}: {message}')

    def named(self, name):
        """Return all definitions of `name`: more than one if they stand in different branches of an #if."""
        return [item for item in self.items if item.name == name and item.kind != 'call']

    def _parse(self):
        conditions = []
        statement, around = [], []
        complete = None  # a statement that is complete in a branch of an #if inside of it
        depth = []
        opened_at = []
        tokens = [Token(match.lastgroup, match[0], *match.span()) for match in TOKEN.finditer(self.text)]
        tokens = [token for token in tokens if token.kind not in ('comment', 'space')]
        for index, token in enumerate(tokens):
            if token.kind == 'directive':
                # The branches of an #if inside of a definition are part of its text, but their brackets count once.
                line = token.text.strip()
                if match := CONDITIONAL.match(line):
                    if match[1].startswith('if'):
                        conditions.append([line])
                        opened_at.append(list(depth))
                    elif not conditions:
                        self.fail(token.start, f'#{match[1]} without #if')
                    elif match[1] == 'endif':
                        conditions.pop()
                        opened_at.pop()
                        if complete and len(conditions) == len(around):
                            yield self._item(complete, around, token.end)
                            complete, statement = None, []
                    else:
                        conditions[-1].append(line)
                        depth = list(opened_at[-1])
                elif not statement and (match := DEFINE.match(line)):
                    yield Item('macro', match[1], line, self._frozen(conditions))
                continue
            if not statement and token.text == ';':
                continue
            if not statement:
                around = self._frozen(conditions)
            statement.append(token)
            if token.text in OPEN:
                depth.append(OPEN[token.text])
                continue
            if token.text in (')', ']', '}'):
                if not depth or depth.pop() != token.text:
                    self.fail(token.start, f'unexpected {token.text!r} in {self._describe(statement)}')
            if depth:
                continue
            following = tokens[index + 1].text if index + 1 < len(tokens) else ''
            if token.text == ';' or (
                token.text == '}' and (self._is_function(statement) or self._is_linkage(statement))
            ):
                if len(conditions) > len(around):
                    # Another branch has another body: the definition ends where the #if does.
                    complete = complete or list(statement)
                else:
                    yield self._item(statement, around)
                    statement = []
            elif token.text == ')' and self._is_call(statement) and following not in (';', '{', '=', '['):
                # The use of a macro without a semicolon, unless it expands to a type: LOCAL(int) name(...) {
                if not self._begins_definition(tokens, index + 1):
                    yield self._item(statement, around)
                    statement = []
        if depth or conditions:
            self.fail(len(self.text), f'the file ends inside of {self._describe(statement) if depth else "an #if"}')

    @staticmethod
    def _frozen(conditions):
        return tuple(tuple(group) for group in conditions)

    @staticmethod
    def _describe(statement):
        return ' '.join(token.text for token in statement[:8])

    @staticmethod
    def _is_call(statement):
        """Whether the statement is WORD(...) so far."""
        return statement[0].kind == 'word' and statement[1].text == '('

    @staticmethod
    def _is_function(statement):
        """Whether the braces that have just been closed are the body of a function."""
        level = 0
        for before, token in zip(statement, statement[1:], strict=False):
            level += (before.text in OPEN) - (before.text in (')', ']', '}'))
            if level == 0 and before.text in ('=', 'typedef'):
                return False
            if level == 0 and token.text == '{':
                # After a name the brackets are those of a struct. A struct may also be the return type of a function.
                return before.text == ')'
        return False

    @staticmethod
    def _is_linkage(statement):
        """Whether this is extern "C" { }, in a file that C++ may read."""
        return statement[0].text == 'extern' and statement[1].text == '"C"'

    @staticmethod
    def _begins_definition(tokens, index):
        """Whether a function's name, parameters and body, or a variable, follow what may be a type made by a macro."""
        while index < len(tokens) and tokens[index].text == '*':
            index += 1
        if index + 1 >= len(tokens) or tokens[index].kind != 'word':
            return False
        if tokens[index + 1].text in ('=', '['):
            return True
        if tokens[index + 1].text != '(':
            return False
        level = 0
        for end in range(index + 1, len(tokens)):
            level += (tokens[end].text == '(') - (tokens[end].text == ')')
            if level == 0:
                return end + 1 < len(tokens) and tokens[end + 1].text == '{'
        return False

    def _item(self, statement, conditions, end=None):
        start, end = statement[0].start, end or statement[-1].end
        text = self.text[start:end]
        if self._is_call(statement) and not self._is_function(statement):
            argument = next((token.text for token in statement[2:] if token.kind == 'word'), '')
            name = argument if statement[0].text in ('PyDoc_STRVAR', 'PyDoc_VAR') else statement[0].text
            kind = 'variable' if name == argument else 'call'
            if statement[-1].text != ';':
                text += ';' if kind == 'variable' else ''
            return Item(kind, name, text, conditions)
        if statement[0].text == 'typedef':
            words = [token.text for token in statement if token.kind == 'word']
            return Item('type', words[-1], text, conditions)
        if self._is_function(statement):
            level = 0
            for before, token in zip(statement, statement[1:], strict=False):
                if level == 0 and token.text == '(' and before.kind == 'word':
                    name = before.text
                if level == 0 and token.text == '{':
                    break
                level += (token.text in OPEN) - (token.text in (')', ']', '}'))
            return Item('function', name, text, conditions)
        # A variable with its value. Anything else is a declaration, which defines nothing that could be included.
        level = 0
        for position, token in enumerate(statement):
            if level == 0 and token.text == '=':
                name = self._declared(statement[:position])
                return Item('variable', name, text, conditions)
            level += (token.text in OPEN) - (token.text in (')', ']', '}'))
        if statement[0].text in ('struct', 'union', 'enum') and '{' in [token.text for token in statement]:
            return Item('type', statement[1].text, text, conditions)
        return Item('declaration', '', text, conditions)

    @staticmethod
    def _declared(statement):
        """Return the name in a declarator: the last word before the dimensions, or the one in (*name)(...)."""
        level = 0
        name = ''
        for before, token in zip([None, *statement], statement, strict=False):
            if token.kind == 'word' and (level == 0 or (before is not None and before.text == '*' and level == 1)):
                name = token.text
            level += (token.text in OPEN) - (token.text in (')', ']', '}'))
        return name


def wanted(text):
    """Return the names that a module's C file includes, each with whether all of its includes depend on an #if."""
    names = {}
    depth = 0
    for match in TOKEN.finditer(text):
        if match.lastgroup != 'directive':
            continue
        line = match[0].strip()
        if conditional := CONDITIONAL.match(line):
            depth += conditional[1].startswith('if') - (conditional[1] == 'endif')
        elif include := WANTED.match(line):
            names[include[1]] = names.get(include[1], True) and depth > 0
    return names


def clinic(source):
    """Return all that Argument Clinic has made for a C file, and the files it is in."""
    files = [source.path.parent / name for name in CLINIC.findall(source.text)]
    return '\n'.join(IMPL.sub('', read(file)) for file in files), files


def docs(source):
    """Return the docstrings of a C file: variables, and what macros like math's FUNC1 make."""
    makers = {}
    for item in source.items:
        if item.kind == 'macro' and (made := re.search(r'PyDoc_STRVAR\(.*?\)\s*;?\s*$', item.text, re.DOTALL)):
            parameters = re.match(r'#\s*define\s+\w+(\(.*?\))', item.text)
            if not parameters:
                raise UpstreamError(f'{source.path}: macro {item.name}: it makes a docstring but has no parameters')
            makers[item.name] = f'#define {item.name}{parameters[1]} {made[0].rstrip().rstrip(";")};'
    parts = list(makers.values())
    for item in source.items:
        if item.kind == 'call' and item.name in makers:
            parts.append(item._replace(text=item.text.rstrip(';')).guarded())
        elif item.kind == 'variable' and (item.text.startswith('PyDoc_') or DOC_VARIABLE.match(item.text)):
            parts.append(item.guarded())
    parts += [f'#undef {name}' for name in makers]
    return '\n'.join(parts) + '\n'


def read(path):
    """Return the text of a file of CPython's, or raise an error that says which is missing."""
    try:
        return path.read_text(encoding='utf-8')
    except OSError as error:
        raise UpstreamError(f'{path}: {error.strerror}') from None


def headers(module_c, path):
    """Return the texts of the headers that a module's C file includes, by name, and the files they were made from."""
    source = Source(path, read(path))
    made = {}
    files = [path]
    for name, depends in wanted(read(module_c)).items():
        if name == 'clinic':
            made[name], clinic_files = clinic(source)
            files += clinic_files
        elif name == 'docs':
            made[name] = docs(source)
        else:
            items = source.named(name)
            missing = f'{path}: no definition of {name}, which {module_c} includes'
            if not items and not depends:
                raise UpstreamError(missing)
            # An item under a condition on the version may be missing, if the preprocessor skips it.
            made[name] = '\n'.join(item.guarded() for item in items) or f'#error {missing}\n'
    return made, files


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('module_c', type=pathlib.Path, help='the C file of the Rust module: NAMEmodule.c')
    parser.add_argument('source', type=pathlib.Path, help="the twin's C file in CPython's tree")
    parser.add_argument('--output', type=pathlib.Path, required=True, help='the folder for the headers')
    args = parser.parse_args()
    try:
        made, files = headers(args.module_c, args.source)
    except UpstreamError as error:
        sys.exit(f'upstream: {error}')
    args.output.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (args.output / f'{name}.h').write_text(text, encoding='utf-8')
    # The build script tells cargo of these.
    print(*files, sep='\n')


if __name__ == '__main__':
    main()
