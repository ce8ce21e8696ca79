"""The differential fuzzer of `make difftest`: the same program runs on the Rust module and on its C twin.

  objects.py    what the programs use: objects with a will of their own, and data
  generate.py   makes programs at random, from signatures and from what Rust/NAME/tests/difftest.py adds
  compare.py    runs a program on both, and says where they differ
  minimise.py   makes a program that differs as small as it gets
  worker.py     does this for one module until the time is over

A program is text: a few lines of Python in which `M` is the module.  So it prints as its own reproducer, and each side
gets separate arguments.  Program number N of a seed is always the same.
"""
