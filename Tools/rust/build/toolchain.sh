# Checks of the machine that bootstrap and configure share. Sourced by sh.
# shellcheck shell=sh

# True if the dotted version $1 is not older than $2. Only major and minor count, so that 1.89 allows 1.89.0.
at_least() {
    [ "$(major "$1")" -gt "$(major "$2")" ] ||
        { [ "$(major "$1")" -eq "$(major "$2")" ] && [ "$(minor "$1")" -ge "$(minor "$2")" ]; }
}

major() {
    printf '%s' "${1%%.*}"
}

minor() {
    set -- "${1#*.}"
    printf '%s' "${1%%[!0-9]*}"
}

# The oldest Rust that the workspace in folder $1 declares to build with.
minimum_rust() {
    sed -n 's/^rust-version *= *"\([0-9.]*\)".*/\1/p' "$1/Cargo.toml"
}

# The version that the compiler $1 says it is, empty when it does not run.
rustc_version() {
    "$1" --version 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p'
}

# bindgen, which only --with-bindgen and make regen need, loads libclang at run time, and libclang needs the headers that belong to the compiler (stddef.h, stdarg.h),
# which are a package of their own. The places are those where bindgen looks.
have_libclang() {
    library=
    if [ -n "${LIBCLANG_PATH:-}" ]; then
        [ ! -f "$LIBCLANG_PATH" ] || library=$LIBCLANG_PATH
        set -- "$LIBCLANG_PATH"
    else
        set -- /usr/lib/llvm*/lib /usr/lib/llvm*/lib64 /usr/lib/*-linux-* /usr/lib64 /usr/lib /usr/local/lib64 \
            /usr/local/lib /usr/local/llvm*/lib
    fi
    for folder; do
        # A digit follows the dash: libclang-cpp is another library.
        for file in "$folder"/libclang.so "$folder"/libclang.so.* "$folder"/libclang-[0-9]*.so*; do
            [ ! -e "$file" ] || library=$file
        done
    done
    [ -n "$library" ] || return 1
    for file in "${library%/*}"/clang/*/include/stddef.h /usr/lib*/clang/*/include/stddef.h \
        /usr/lib/llvm*/lib*/clang/*/include/stddef.h /usr/local/lib*/clang/*/include/stddef.h; do
        [ ! -e "$file" ] || return 0
    done
    return 1
}

# The names under which a Python that is new enough may be installed.
host_pythons() {
    printf python3
    for minor in 9 8 7 6 5 4 3 2 1 0; do
        printf ' python3.1%s' $minor
    done
}

# True if the path $1 has a character that breaks the makefiles of CPython or of this project.
contains_special() {
    case $1 in
    *[[:space:]\"\'\$\;\&]*) return 0 ;;
    esac
    return 1
}

# Writes .cargo/config.toml in the current folder, the build folder of the sources in folder $1: what the user has written
# there, then what configure has written to rust/cargo-config.toml. In a build folder of its own, what the user has
# written in the source folder goes in between, since cargo does not look there: `cargo vendor` asks for lines of this
# file that name the crates' folder.
merge_cargo_config() {
    mkdir -p .cargo || return 1
    config=.cargo/config.toml
    {
        cargo_config_of_user $config
        cat <rust/cargo-config.toml
        [ "$(cd "$1" && pwd)" = "$(pwd)" ] || cargo_config_of_user "$1/$config" |
            sed "s|^\( *directory *= *\"\)\([^/\"]\)|\1$(cd "$1" && pwd)/\2|"
    } >rust/config.toml || return 1
    for table in build env profile.release; do
        [ "$(grep -c "^ *\[ *$table *\]" rust/config.toml)" = 1 ] || {
            echo "$config has a table [$table] that is not configure's: move it to the config.toml of CARGO_HOME" >&2
            return 1
        }
    done
    mv rust/config.toml $config
}

# Prints the lines of the file $1, if it exists, before the first line that configure writes.
cargo_config_of_user() {
    [ ! -f "$1" ] || sed '/^# .*config\.toml\.  Generated from cargo-config\.toml\.in by /,$d' "$1"
}

# Removes from .cargo/config.toml all lines but those of the user.
restore_cargo_config() {
    [ -f .cargo/config.toml ] || return 0
    cargo_config_of_user .cargo/config.toml >.cargo/config.toml.new
    if [ -s .cargo/config.toml.new ]; then
        mv .cargo/config.toml.new .cargo/config.toml
    else
        rm -rf .cargo/config.toml .cargo/config.toml.new
        rmdir .cargo 2>/dev/null || true
    fi
}
