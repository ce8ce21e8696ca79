# Read Tools/rust/build/releases.txt, the table of CPython releases. Sourced by bootstrap and configure, which set
# releases to the path of the table.
# shellcheck shell=sh disable=SC2034,SC2154

# The line of releases that bootstrap downloads without an argument.
default_line() {
    sed -n 's/^default  *//p' "$releases"
}

# The lines of releases in the table, in its order.
known_lines() {
    lines=
    for version in $(known_releases); do
        case " $lines " in
        *" $(line_of "$version") "*) ;;
        *) lines=${lines:+$lines }$(line_of "$version") ;;
        esac
    done
    printf '%s\n' "$lines"
}

# The releases of the table, in its order: all, or with $1 those of that line, with $2 only the tested ones.
known_releases() {
    while read -r version hash state; do
        case $version in
        '' | '#'* | default) continue ;;
        "${1:+$1.}"*) [ "${2:-$state}" != "$state" ] || printf '%s\n' "$version" ;;
        esac
    done <"$releases"
}

# 3.15 for 3.15.0rc2.
line_of() {
    printf '%s\n' "${1%.*}"
}

is_final() {
    case $1 in
    *[!0-9.]*) return 1 ;;
    esac
}

# The newest tested final release of the default line.
default_release() {
    newest=
    for version in $(known_releases "$(default_line)" tested); do
        ! is_final "$version" || newest=$version
    done
    printf '%s\n' "$newest"
}

# The hash of the tarball of release $1.
sha256_of() {
    sed -n "s/^$1  *\([0-9a-f]*\) .*/\1/p" "$releases"
}

# The release whose tarball has the hash $1.
release_with_sha256() {
    sed -n "s/^\([0-9][^ ]*\)  *$1 .*/\1/p" "$releases"
}

# Sets the variables that follow from the version of a release.
set_release() {
    CPYTHON_VERSION=$1
    CPYTHON_SHA256=$(sha256_of "$1")
    # The tarball, and the folder that it unpacks to; both are in the root of the repository.
    CPYTHON_SRCDIR=Python-$1
    CPYTHON_ARCHIVE=$CPYTHON_SRCDIR.tar.xz
    # Upstream keeps the candidates of 3.15.0 in the folder 3.15.0.
    base=${1%%[!0-9.]*}
    CPYTHON_URL=https://www.python.org/ftp/python/$base/$CPYTHON_ARCHIVE
    # The same file in Debian's source pool, below the root of any archive mirror. In a version of Debian's a tilde sorts
    # before the end of the word, as a candidate comes before the release.
    suffix=${1#"$base"}
    CPYTHON_POOL=pool/main/p/python$(line_of "$base")/python$(line_of "$base")_$base${suffix:+"~$suffix"}.orig.tar.xz
}
