"""Calls of array for the checks that run every module under stress and without memory."""

import copy
import io

CONTENTS = {code: range(100) for code in 'bBhHiIlLqQfd'} | {'w': 'text' * 25}
LARGE = 3000


def calls(module):
    """Every function and method, with short and long arrays, as (label, factory of a callable without arguments)."""
    found = []
    for code, content in CONTENTS.items():
        item = content[3]
        found += [
            (f'new {code}', lambda c=code, x=content: lambda: module.array(c, x)),
            (f'new {code} list', lambda c=code, x=[*content]: lambda: module.array(c, x)),
            (f'new {code} refused', lambda c=code: lambda: module.array(c, [None])),
        ]
        # An array that a call changes is made for it.
        for label, work in {
            'append': lambda a, i=item: a.append(i),
            # The address differs from array to array.
            'buffer_info': lambda a: a.buffer_info()[1],
            'byteswap': lambda a: a.byteswap(),
            'clear': lambda a: a.clear(),
            'copy': copy.copy,
            'count': lambda a, i=item: a.count(i),
            'deepcopy': copy.deepcopy,
            'extend': lambda a: a.extend(a),
            'extend iterator': lambda a: a.extend(iter(a[:50])),
            'extend list': lambda a: a.extend(a.tolist()),
            'fromfile': lambda a: a.fromfile(io.BytesIO(bytes(1600)), 100),
            'fromlist': lambda a: a.fromlist(a.tolist()),
            'frombytes': lambda a: a.frombytes(bytes(64)),
            'index': lambda a, i=item: a.index(i),
            'insert': lambda a, i=item: a.insert(5, i),
            'pop': lambda a: a.pop(),
            'reduce': lambda a: a.__reduce_ex__(2),
            'remove': lambda a, i=item: a.remove(i),
            'reverse': lambda a: a.reverse(),
            'tofile': lambda a: a.tofile(io.BytesIO()),
            'tobytes': lambda a: a.tobytes(),
            'sizeof': lambda a: a.__sizeof__(),
            'repr': repr,
            'get': lambda a: a[7],
            'slice': lambda a: a[1:50],
            'step': lambda a: a[::3],
            'set': lambda a, i=item: a.__setitem__(7, i),
            'set slice': lambda a: a.__setitem__(slice(2, 50), a),
            'set step': lambda a: a.__setitem__(slice(0, 100, 2), a[:50]),
            'delete': lambda a: a.__delitem__(slice(0, 100, 3)),
            'compare': lambda a: a == a[:],
            'less': lambda a: a < a[:50],
            'concat': lambda a: a + a,
            'repeat': lambda a: a * 5,
            'iterate': list,
            'iterator': lambda a: iter(a).__reduce__(),
            'view': lambda a: memoryview(a).tobytes(),
        }.items():
            found.append(
                (
                    f'{label} {code}',
                    lambda c=code, x=content, w=work: lambda: w(module.array(c, x)),
                )
            )
        if code == 'w':
            found += [
                ('tounicode', lambda c=code, x=content: lambda: module.array(c, x).tounicode()),
                ('fromunicode', lambda c=code, x=content: lambda: module.array(c, x).fromunicode(x * LARGE)),
            ]
    for machine in range(22):
        found.append((f'reconstruct {machine}', lambda m=machine: lambda: _reconstruct(module, m)))
    return found


def _reconstruct(module, machine):
    code = 'w' if 18 <= machine <= 21 else 'd' if 14 <= machine else 'q'
    module._array_reconstructor(module.array, code, machine, bytes(64))


def buffers(module):
    """Functions of one buffer, which other threads write to and resize meanwhile."""
    return [
        ('frombytes', lambda data: module.array('B').frombytes(data)),
        ('array', lambda data: module.array('B', data)),
    ]
