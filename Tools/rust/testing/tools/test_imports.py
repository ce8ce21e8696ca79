"""No two source files import each other: what both need is in a third one."""

import pathlib
import re
import tempfile
import unittest

from build import setup_rust


def modules(src):
    """Return the file of each module below a crate's folder, by the module's path."""
    found = {}
    for file in src.rglob('*.rs'):
        parts = file.relative_to(src).with_suffix('').parts
        found[parts[:-1] if parts[-1] in ('lib', 'main', 'mod') else parts] = file
    return found


def uses(path, text):
    """Yield the paths in a module's text that start with `crate` or `super`, the tests left aside."""
    # Comments import nothing, nor does a visibility such as pub(super).
    text = re.sub(r'//.*|\bpub\((?:crate|super)\)', '', text.partition('#[cfg(test)]\nmod ')[0])
    for match in re.finditer(r'\b(crate|super)((?:::\w+)*)(::\{[^}]*\})?', text):
        names = match[2].split('::')[1:]
        start = () if match[1] == 'crate' else path[:-1]
        while names and names[0] == 'super':
            start, names = start[:-1], names[1:]
        listed = re.findall(r'(?:^|,)\s*(\w+)', match[3][3:-1]) if match[3] else []
        yield from ((*start, *names, name) for name in listed or [''])


def mutual_imports(src):
    """Return the pairs of modules of a crate that import each other."""
    known = modules(src)

    def module_of(path):
        while path and path not in known:
            path = path[:-1]
        return path

    edges = {
        path: {module_of(used) for used in uses(path, file.read_text(encoding='utf-8'))} - {(), path}
        for path, file in known.items()
    }
    return sorted((a, b) for a in edges for b in edges[a] if a < b and a in edges[b])


class Imports(unittest.TestCase):
    def test_a_pair_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            src = pathlib.Path(folder)
            (src / 'lib.rs').write_text('mod a; mod b;', encoding='utf-8')
            (src / 'a.rs').write_text('use crate::{a::child, b::x, c};', encoding='utf-8')
            (src / 'a').mkdir()
            (src / 'a/deep.rs').write_text('use super::super::b::y;\n// crate::c', encoding='utf-8')
            (src / 'b.rs').write_text(
                'use crate::a::deep;\n#[cfg(test)]\nmod tests { use crate::c; }', encoding='utf-8'
            )
            (src / 'c.rs').write_text('use crate::a;\nuse crate::b;', encoding='utf-8')
            (src / 'a/child.rs').write_text('pub(super) fn f() {}', encoding='utf-8')
            self.assertEqual(mutual_imports(src), [(('a',), ('c',)), (('a', 'deep'), ('b',))])

    def test_no_two_files_import_each_other(self):
        for crate in setup_rust.crates():
            with self.subTest(crate.name):
                self.assertEqual(mutual_imports(crate / 'src'), [])


if __name__ == '__main__':
    unittest.main()
