"""Tests of what is taken from CPython's source, on small sources and on those of the tree that is being built."""

import os
import pathlib
import re
import tempfile
import unittest

from build import releases, upstream
from build.setup_rust import modules

# Those that have a Rust twin, and others of all kinds that are to have one.
MODULES = [module.twin.split()[0] for module in modules() if module.twin.split()[0].endswith('.c')] + [
    '_struct.c',
    'arraymodule.c',
    '_heapqmodule.c',
    '_bisectmodule.c',
    '_functoolsmodule.c',
    '_csv.c',
    'unicodedata.c',
    '_randommodule.c',
    'pyexpat.c',
    '_elementtree.c',
    '_sre/sre.c',
    'mathintegermodule.c',
    '_datetimemodule.c',
    'posixmodule.c',
]


def trees():
    """Return the CPython source trees to test: that of the build, or what CPYTHON_TREES names."""
    given = os.environ.get('CPYTHON_TREES')
    if given is None:
        given = str(releases.source() or '')
    return [pathlib.Path(tree) for tree in given.split(os.pathsep) if tree]


def source(text):
    return upstream.Source(pathlib.Path('Modules/x.c'), text)


class SmallSources(unittest.TestCase):
    def found(self, text):
        return [(item.kind, item.name) for item in source(text).items if item.kind != 'declaration']

    def test_kinds(self):
        for text, kind, name in [
            ('PyDoc_STRVAR(x_doc, "a;b{");', 'variable', 'x_doc'),
            ('static PyMethodDef x_methods[] = {\n    X_METHODDEF\n    {NULL}\n};', 'variable', 'x_methods'),
            ('static struct PyModuleDef x = {\n .m_doc = "}",\n};', 'variable', 'x'),
            ('static const _Py_ALIGNED_DEF(64, char) table[] = {1, 2};', 'variable', 'table'),
            ('static PyObject *(*hook)(int) = NULL;', 'variable', 'hook'),
            ('static int\nx_exec(PyObject *m)\n{\n    if (m) { return 1; }\n    return 0;\n}', 'function', 'x_exec'),
            ('LOCAL(int)\nx_get(int a)\n{\n    return a;\n}', 'function', 'x_get'),
            ('static struct pair\nx_pair(void)\n{\n    return p;\n}', 'function', 'x_pair'),
            ('typedef struct {\n    int a;\n} x_state;', 'type', 'x_state'),
            ('struct x {\n    int a;\n};', 'type', 'x'),
            ('#define X(a) \\\n    (a)', 'macro', 'X'),
        ]:
            with self.subTest(name):
                self.assertEqual(self.found(text), [(kind, name)])
                # The text is whole, whatever stands around it.
                around = source('/* {"\' */ int f(void);\n' + text + "\nstatic char last = '}';\n")
                self.assertEqual([item.text for item in around.named(name)], [text])

    def test_declarations_define_nothing(self):
        self.assertEqual(self.found('static PyTypeObject T;\nint f(int);\nextern int x;\n;'), [])

    def test_branches(self):
        text = '#if A\nint x = 1;\n#elif B\nint x = 2;\n#else\nint y = 3;\n#endif\nint z = 4;\n'
        found = source(text)
        self.assertEqual(
            [item.guarded() for item in found.named('x')],
            ['#if A\nint x = 1;\n#endif\n', '#if A\n#elif B\nint x = 2;\n#endif\n'],
        )
        self.assertEqual(found.named('y')[0].guarded(), '#if A\n#elif B\n#else\nint y = 3;\n#endif\n')
        self.assertEqual(found.named('z')[0].guarded(), 'int z = 4;\n')

    def test_branches_inside(self):
        text = 'int f(void)\n{\n#ifdef A\n    if (a) {\n#else\n    if (b) {\n#endif\n    }\n    return 1;\n}'
        self.assertEqual(source(text + '\nint x = 1;').named('f')[0].text, text)

    def test_one_body_for_each_branch(self):
        text = 'int f(int a)\n#if A\n{\n    return 1;\n}\n#else\n{\n    if (a) { }\n    return 2;\n}\n#endif'
        found = source(text + '\nint x = 1;')
        self.assertEqual([(item.name, item.text) for item in found.items], [('f', text), ('x', 'int x = 1;')])

    def test_docs(self):
        text = (
            '#define F(name, doc) int name(void) { return 1; } \\\n    PyDoc_STRVAR(name##_doc, doc);\n'
            'PyDoc_STRVAR(module_doc, "m");\nF(a, "A (a)\\n"\n  "more")\nF(b, "B")\n'
            'static const char x__doc__[] = "x";\nint other = 1;\n'
        )
        docs = upstream.docs(source(text))
        self.assertEqual(
            docs.splitlines(),
            [
                '#define F(name, doc) PyDoc_STRVAR(name##_doc, doc);',
                'PyDoc_STRVAR(module_doc, "m");',
                '',
                'F(a, "A (a)\\n"',
                '  "more")',
                '',
                'F(b, "B")',
                '',
                'static const char x__doc__[] = "x";',
                '',
                '#undef F',
            ],
        )

    def test_errors_name_the_file_and_the_construct(self):
        for text, message in [
            ('int x = 1;\nint y = {1;\n', r'Modules/x\.c:3: the file ends inside of int y = \{ 1 ;'),
            ('\nint f(void) { ) }', r"Modules/x\.c:2: unexpected '\)' in int f \( void \) \{ \)"),
            ('#endif\n', r'Modules/x\.c:1: #endif without #if'),
            ('#if A\n', r'Modules/x\.c:2: the file ends inside of an #if'),
        ]:
            with self.subTest(text), self.assertRaisesRegex(upstream.UpstreamError, f'^{message}$'):
                source(text)

    def test_headers(self):
        with tempfile.TemporaryDirectory() as folder:
            x = pathlib.Path(folder, 'x.c')
            (x.parent / 'clinic').mkdir()
            x.write_text('int a = 1;\n#include "clinic/x.c.h"\nPyDoc_STRVAR(d, "d");\n')
            impl = 'static PyObject *\nx_f_impl(PyObject *module,\n         int a);\n'
            rest = 'static PyObject *\nx_f(PyObject *module)\n{\n    return x_f_impl(module, 1);\n}\n'
            (x.parent / 'clinic/x.c.h').write_text(impl + rest)
            module = x.parent / 'xmodule.c'
            module.write_text('#include "upstream/clinic.h"\n#include "upstream/docs.h"\n#  include "upstream/a.h"\n')
            made, files = upstream.headers(module, x)
            self.assertEqual(files, [x, x.parent / 'clinic/x.c.h'])
            self.assertEqual(made['clinic'], impl.removeprefix('static ') + rest)
            self.assertEqual(made['a'], 'int a = 1;\n')
            module.write_text('#include "upstream/b.h"\n')
            with self.assertRaisesRegex(upstream.UpstreamError, r'no definition of b, which .*xmodule\.c includes'):
                upstream.headers(module, x)
            module.write_text('#if A\n#include "upstream/b.h"\n#endif\n/* \n#include "upstream/c.h"\n*/')
            made, _ = upstream.headers(module, x)
            self.assertEqual(list(made), ['b'])
            self.assertRegex(made['b'], r'^#error .*x\.c: no definition of b, which .*xmodule\.c includes\n$')
            (x.parent / 'clinic/x.c.h').unlink()
            module.write_text('#include "upstream/clinic.h"\n')
            with self.assertRaisesRegex(upstream.UpstreamError, r'clinic/x\.c\.h: No such file'):
                upstream.headers(module, x)


class CPythonSources(unittest.TestCase):
    """Nothing that a plain search finds is missing."""

    @classmethod
    def setUpClass(cls):
        files = [tree / 'Modules' / name for tree in trees() for name in MODULES]
        cls.parsed = [upstream.Source(file) for file in files if file.exists()]
        if not cls.parsed:
            raise unittest.SkipTest('no source tree of CPython: run this in the build folder, or set CPYTHON_TREES')

    def test_definitions(self):
        for parsed in self.parsed:
            with self.subTest(parsed.path):
                plain = re.sub(r'/\*.*?\*/', '', parsed.text, flags=re.DOTALL)
                table = r'^(?:static )?(?:const )?(?:struct )?Py\w*(?:Def|Slot|Spec) (\w+)(?:\[\])?\s*='
                tables = set(re.findall(table, plain, re.M))
                # Capitals are the names of macros, and so is Py_LOCAL_INLINE.
                functions = set(re.findall(r'^(?!Py_LOCAL)(\w*[a-z]\w*)\([^;{}=]*\)\s*\n\{', plain, re.M))
                strings = set(re.findall(r'^PyDoc_STRVAR\((\w+)', plain, re.M))
                names = {item.name for item in parsed.items if item.kind in ('variable', 'function')}
                self.assertTrue(functions)
                self.assertEqual(tables - names, set())
                self.assertEqual(functions - names, set())
                self.assertEqual(strings - names, set())
                docs = upstream.docs(parsed)
                self.assertEqual({name for name in strings if f'PyDoc_STRVAR({name}' not in docs}, set())

    def test_macros_that_make_docstrings(self):
        for parsed in self.parsed:
            with self.subTest(parsed.path):
                if parsed.path.name == 'mathmodule.c':
                    uses = re.findall(r'^FUNC\w+\(\w+.*$', parsed.text, re.M)
                    docs = upstream.docs(parsed)
                    self.assertGreater(len(uses), 20)
                    self.assertEqual([use for use in uses if use not in docs], [])

    def test_clinic(self):
        for parsed in self.parsed:
            with self.subTest(parsed.path):
                text, files = upstream.clinic(parsed)
                declared = set(re.findall(r'^(\w+_impl)\([^;{]*\);$', text, re.M))
                called = set(re.findall(r'\b(\w+_impl)\(', text))
                self.assertEqual(called - declared, set(), files)
                self.assertEqual(re.findall(r'^static [^;{]*_impl\([^;{]*\);', text, re.M), [])


if __name__ == '__main__':
    unittest.main()
