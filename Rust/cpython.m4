dnl What CPython's own configure.ac includes in a tree that `make vendor` has written to. Of the Rust modules it has the
dnl options and one call; their own configure, in this folder, does the rest.

AC_DEFUN([PY_RUST_OPTIONS],
[AC_ARG_WITH([rust-modules],
  [AS_HELP_STRING([--with-rust-modules=default|all|none|LIST],
    [which modules are Rust in a build that is configured with --disable-gil (default: those whose stage is default in
     Modules/Setup.rust, if there is a Rust compiler); CARGO=, RUSTC=, CARGOFLAGS= and RUSTFLAGS= name the toolchain])],
  [], [with_rust_modules=auto])
AC_ARG_WITH([c-twins],
  [AS_HELP_STRING([--without-c-twins], [do not build the C implementations of the Rust modules as _c_NAME])])
AC_ARG_WITH([rust-test-modules],
  [AS_HELP_STRING([--with-rust-test-modules], [also build the Rust modules that only tests use])])
AC_ARG_WITH([bindgen],
  [AS_HELP_STRING([--with-bindgen], [generate the Rust bindings from the headers with libclang])])])

AC_DEFUN([PY_RUST_CONFIGURE],
[eval "silent=\$silent \"\$SHELL\" \"\$srcdir/Tools/rust/build/configure_in_cpython.sh\" \"\$srcdir\" \"\$disable_gil\" \
  \"\$with_rust_modules\" $ac_configure_args" ||
  AC_MSG_ERROR([the Rust modules cannot be configured; --without-rust-modules leaves them out])])
