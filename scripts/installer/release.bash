# shellcheck shell=bash
# Sourced by install: releases side by side, one of them the current one. Each lies in a folder of its
# own and is never changed once it is complete; the file `proven` in it says that it ran here.

release='' # the one that is being made
previous='' # the one to go back to

# proven_releases: those that ran, the one that ran last first.
proven_releases() {
    [[ ! -d $releases ]] || find "$releases" -mindepth 2 -maxdepth 2 -name proven -printf '%T@ %h\n' |
        sort -rn | cut -d ' ' -f 2-
}

current_release() { readlink -f "$current" 2>/dev/null || true; }

# remove_unfinished_releases: what an interrupted installation left behind, unless it is current.
remove_unfinished_releases() {
    local folder
    previous=$(proven_releases | sed -n 1p)
    for folder in "$releases"/*/; do
        folder=${folder%/}
        [[ ! -d $folder || -e $folder/proven || $folder == "$(current_release)" ]] || {
            note "Removing ${folder##*/}: its installation was interrupted."
            rm -rf "$folder"
        }
    done
}

project_version() { project 'print(project["version"])'; }

# project STATEMENT: runs a Python statement on the `project` and `build` tables of pyproject.toml.
project() {
    "$python" -I -c 'import sys, tomllib
table = tomllib.load(open(sys.argv[1], "rb"))
project, build = table["project"], table["build-system"]
exec(sys.argv[2])' "$checkout/pyproject.toml" "$1"
}

make_release() {
    release=$releases/$(project_version)-$(date -u +%Y%m%dT%H%M%S)
    step "The program in $release"
    install -d "$base" "$releases" # not mkdir: they may be there, closed to others
    "$python" -m venv --system-site-packages "$release/venv" || fail_to "Making the Python environment"
    write_requirements "$release"
    note "Python packages (a few minutes on a small Pi)"
    install_wheels -r "$release/requirements.txt" -c "$release/constraints.txt"
    install_wheels --no-deps "$checkout"
    cp -r "$checkout"/{docs,scripts,systemd,README.md,LICENSE} "$release/"
    chmod -R a+rX "$release" # the checkout's files may be closed to others
    check_release
    sync -f "$release"
}

# write_requirements FOLDER: what pip shall install, and what it must leave as Debian has it.
write_requirements() {
    project 'print(*project["dependencies"], sep="\n")' >"$1/requirements.txt"
    if [[ $(dpkg --print-architecture) == armhf ]]; then
        note "OpenCV, SciPy and numpy are Debian's: pypi.org has none for 32 bits."
        sed -i -E '/^(numpy|scipy|opencv)/d' "$1/requirements.txt"
    fi
    write_constraints "$(debian_version numpy)" "$(debian_version scipy)" >"$1/constraints.txt"
}

# debian_version MODULE: its version among the system's packages; empty when it isn't there.
debian_version() {
    "$python" -I -c 'import importlib.metadata as m, sys; print(m.version(sys.argv[1]))' "$1" 2>/dev/null ||
        true
}

# write_constraints NUMPY SCIPY: pip must not put another numpy before apt's, for which picamera2's
# modules were built.
write_constraints() {
    say "numpy==$1"
    [[ -z $2 ]] || say "scipy==$2"
    # The last OpenCV for numpy 1.
    [[ $1 != 1.* ]] || say "opencv-python-headless==4.11.0.86"
}

# install_wheels ARGUMENTS...: pip install, from the network or from what was fetched.
install_wheels() {
    local source=()
    [[ -z $offline ]] || source=(--no-index --find-links "$offline/wheels")
    "$release/venv/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check \
        --no-warn-script-location --root-user-action=ignore "${source[@]}" "$@" ||
        fail_to "Installing the Python packages"
}

# check_release: whether it can be started at all, with numpy still Debian's.
check_release() {
    "$release/venv/bin/python" -c 'import sys, numpy, scipy, cv2
if numpy.__file__.startswith(sys.prefix):
    sys.exit(f"pip has replaced the system'"'"'s numpy by {numpy.__version__}")' ||
        fail "The new release can't load what it needs; see above."
    "$release/venv/bin/digit-appliance" --version >/dev/null ||
        fail "The new release can't be started; see above."
}

# switch_to RELEASE: makes it the current one, in one step.
switch_to() {
    ln -sfn "$1" "$current.new"
    mv -T "$current.new" "$current"
    sync "$base"
}

# finish_release: marks it as one that ran, and keeps the one before it.
finish_release() {
    local folder
    touch "$release/proven"
    sync "$release/proven"
    switched='' settings_were='' # nothing is taken back any more
    forget_kept_state
    for folder in "$releases"/*/; do
        folder=${folder%/}
        [[ $folder == "$release" || $folder == "$previous" ]] || rm -rf "$folder"
    done
}

# fetch_everything: what --offline will need: Debian packages, wheels, and what builds the project.
fetch_everything() {
    local folder numpy scipy
    step "Fetching into $fetch"
    mkdir -p "$fetch/wheels" "$fetch/packages"
    is_installed python3-venv || { update_lists && apt_get install python3-venv >/dev/null; }
    fetch_packages "$fetch/packages"
    note "Python packages"
    folder=$(mktemp -d)
    release=$folder # undo_release removes it should something fail
    "$python" -m venv "$folder/venv"
    write_requirements "$folder"
    numpy=$(upstream_version numpy) scipy=$(upstream_version scipy)
    write_constraints "$numpy" "$scipy" >"$folder/constraints.txt"
    project 'print(*build["requires"], sep="\n")' >>"$folder/requirements.txt"
    "$folder/venv/bin/python" -m pip download --quiet --disable-pip-version-check --only-binary :all: \
        -d "$fetch/wheels" -r "$folder/requirements.txt" -c "$folder/constraints.txt" ||
        fail_to "Fetching the Python packages"
    rm -f "$fetch/wheels"/numpy-* ${scipy:+"$fetch/wheels"/scipy-*} # those are apt's
    rm -rf "$folder"
    say "" "Done. On the machine without a network: sudo scripts/install --offline ${fetch@Q}"
}

# upstream_version MODULE: of the Debian package that will be installed: 2.2.4 of 1:2.2.4+ds-1.
upstream_version() {
    wanted_packages | grep -x "python3-$1" >/dev/null || return 0
    candidate "python3-$1" | sed 's/^[0-9]*://; s/[-+~].*//'
}
