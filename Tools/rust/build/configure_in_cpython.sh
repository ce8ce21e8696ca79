# Decides whether a CPython that has the Rust modules in its source tree (make vendor) is built with them, and runs their
# configure in the folder build-rust. Called by CPython's configure when it has done its own work:
#
#   silent=SILENT sh configure_in_cpython.sh SRCDIR DISABLE_GIL WITH_RUST_MODULES ARGUMENT...
#
# A build without Rust modules is left as it is, and one line says why. That is an error if the modules were asked for.
# shellcheck shell=sh disable=SC2154

srcdir=$1 disable_gil=$2 modules=$3
shift 3
# shellcheck source=Tools/rust/build/toolchain.sh
. "$srcdir/Tools/rust/build/toolchain.sh"

have_python() {
    for python in ${PYTHON_FOR_REGEN-$(host_pythons)}; do
        ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1 || return 0
    done
    return 1
}

# Prints why a build gets no Rust modules unless they are asked for, or nothing.
why_none() {
    minimum=$(minimum_rust "$srcdir")
    version=$(rustc_version "${RUSTC:-rustc}")
    if [ "$disable_gil" != yes ]; then
        echo 'they are for the free-threaded build, which is configured with --disable-gil'
    elif [ "$(uname -s)" != Linux ]; then
        echo 'they are tested on Linux only'
    elif ! "${CARGO:-cargo}" --version >/dev/null 2>&1; then
        echo 'cargo was not found'
    elif ! at_least "${version:-0.0}" "$minimum"; then
        echo "they need Rust $minimum or newer, and there is ${version:-none}"
    elif ! have_python; then
        echo 'their Argument Clinic needs Python 3.10 or newer'
    fi
}

# Runs their configure, which takes the last of the options that contradict each other.
configure() {
    mkdir -p build-rust || return 1
    # In a build in the source tree no .gitignore covers this folder.
    echo '*' >build-rust/.gitignore
    case $srcdir in
    /*) ;;
    *) srcdir=../$srcdir ;;
    esac
    (
        cd build-rust || exit 1
        "${SHELL:-/bin/sh}" "$srcdir/Rust/configure" "$@" --srcdir="$srcdir" --with-cpython="$srcdir" \
            --with-cpython-builddir=.. --cache-file=/dev/null ${silent:+--silent}
    )
}

case $modules in
auto) reason=$(why_none) modules=default ;;
no | none) reason="--with-rust-modules=$modules" ;;
*) reason= ;;
esac
if [ -z "$reason" ]; then
    configure "$@" --with-rust-modules="$modules"
else
    # Undoes the effects of an earlier run: lines of Modules/Setup.local, and objects that were compiled for them.
    [ ! -d build-rust ] || configure "$@" --with-rust-modules=none || exit 1
    rm -rf build-rust
    [ -n "$silent" ] || echo "configure: no Rust modules: $reason"
fi
