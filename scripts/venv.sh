# shellcheck shell=bash
# Sourced by the other scripts: makes the checkout's own Python environment in .venv, once.

unset CDPATH # with it cd may go elsewhere, and says where
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv

# say LINE...: one line for each argument.
say() { printf '%s\n' "$@"; }
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# need_python: stops with the command that helps when Python is missing, too old or without venv.
need_python() {
    command -v python3 >/dev/null ||
        fail "python3 is missing. Install it with:" "  sudo apt install python3 python3-venv"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 or newer is needed; this is $(python3 --version)." \
            "Debian 12 and Raspberry Pi OS Bookworm have it."
    python3 -c 'import venv, ensurepip' 2>/dev/null ||
        fail "Python's venv module is missing. Install it with:" "  sudo apt install python3-venv"
}

# stamp EXTRAS: what decides whether an installation is still the right one.
stamp() {
    printf '%s %s %s\n' "$root" "$1" "$(python3 --version)"
    cat "$root/pyproject.toml"
}

# is_installed EXTRAS: whether an earlier run installed them for this pyproject.toml.
is_installed() {
    local mark=$venv/installed-${1:-plain}
    [[ -f $mark && $(stamp "$1") == "$(<"$mark")" ]]
}

# install EXTRAS: installs the project with its extras ("" or "dev") unless that was done before.
install() {
    local extras=$1 target=$root mark=$venv/installed-${1:-plain} size='110 MB'
    need_python
    if is_installed "$extras" || is_installed dev; then # dev holds all that the others do
        return
    fi
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "Making a Python environment in $venv ..."
        python3 -m venv --clear "$venv"
    fi
    [[ -z $extras ]] || target="${root}[${extras}]" size='170 MB'
    say "Installing what is needed into it (about $size; a minute or two the first time) ..."
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --editable "$target" ||
        fail "The installation failed; the lines above say why." \
            "Without a network it can't work. Run this again when it is there: it goes on."
    stamp "$extras" >"$mark"
    say "Installed."
}
