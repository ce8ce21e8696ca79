"""Tests of the comparison of two modules: each kind of difference is seen."""

import inspect
import pathlib
import sys
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import twin


def module(name='_rust_x', **changes):
    """Return a module like one in C; each change is one thing that is different."""

    def function(data, /, *, wbits=15):
        raise NotImplementedError

    function.__doc__ = changes.get('function_doc', 'Do it.')
    function.__module__ = changes.get('function_module', name)
    function.__qualname__ = changes.get('function_qualname', 'function')
    function.__text_signature__ = changes.get('function_text_signature', '($module, data, /, *, wbits=15)')
    if 'function_signature' in changes:
        function.__signature__ = inspect.Signature()

    def getter(self):
        raise NotImplementedError

    attribute = changes.get('member', property(getter, doc=changes.get('member_doc', 'Whether it ends.')))
    members = {'eof': attribute, '__doc__': changes.get('type_doc', 'A type.'), '__module__': 'x'}
    if 'type_slots' in changes:
        members['__slots__'] = ()
    if 'method' in changes:
        members['flush'] = function
    made = types.ModuleType(name, changes.get('module_doc', 'Things.'))
    made.function = function
    made.Type = type('Type', changes.get('bases', (object,)), members)
    made.LIMIT = changes.get('constant', 15)
    if 'more' in changes:
        made.more = changes['more']
    return made


class Interfaces(unittest.TestCase):
    def differences(self, **changes):
        """Return what assertSameInterface complains of."""

        class Case(twin.TwinTestCase):
            rust, c = module(**changes), module('_c_x')

            def runTest(self):
                self.assertSameInterface(*known)

        known = changes.pop('known', ())
        result = Case().run(unittest.TestResult())
        self.assertEqual(result.errors, [])
        return [text.rpartition('AssertionError: ')[2].partition('\n')[0] for _, text in result.failures]

    def test_none(self):
        self.assertEqual(self.differences(), [])

    def test_each_kind(self):
        for changes, complaint in [
            ({'module_doc': 'Other things.'}, 'the module: __doc__:'),
            ({'function_doc': 'Do that.'}, 'function: __doc__:'),
            ({'function_module': 'y'}, 'function: __module__:'),
            ({'function_qualname': 'f'}, 'function: __qualname__:'),
            ({'function_text_signature': None}, 'function: __text_signature__:'),
            ({'function_signature': True}, 'function: signature:'),
            ({'type_doc': 'A class.'}, 'Type: __doc__:'),
            ({'bases': (Exception,)}, 'Type: bases:'),
            ({'type_slots': True}, 'Type: __dictoffset__:'),
            ({'method': True}, 'Type: dir:'),
            ({'member_doc': 'Whether it has ended.'}, 'Type.eof: __doc__:'),
            ({'member': types.FunctionType(compile('0', '', 'eval'), {})}, 'Type.eof: kind:'),
            ({'constant': 16}, 'LIMIT: value:'),
            ({'constant': 15.0}, 'LIMIT: kind:'),
            ({'more': 1}, 'more: kind:'),
        ]:
            with self.subTest(**changes):
                self.assertIn(complaint, self.differences(**changes))

    def test_flags(self):
        self.assertIn('Type: flags:', self.differences(type_slots=True))

    def test_known_differences(self):
        self.assertEqual(self.differences(constant=16, known=('LIMIT:value',)), [])
        self.assertEqual(self.differences(constant=16, known=('LIMIT',)), [])
        found = self.differences(known=('LIMIT:value',))
        self.assertEqual(len(found), 1)


if __name__ == '__main__':
    unittest.main()
