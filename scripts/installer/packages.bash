# shellcheck shell=bash
# Sourced by install: Debian packages, from the network or fetched before.

# Not in pip's hands: numpy must be the one that picamera2 was built for. Its reference BLAS is many
# times slower than OpenBLAS.
readonly always=(ca-certificates python3 python3-venv python3-numpy libopenblas0-pthread)

apt_folder='' # apt's settings while this runs, when the packages were fetched before

# wanted_packages: those that this system and the chosen settings need, in any Debian.
wanted_packages() {
    say "${always[@]}"
    if [[ $(dpkg --print-architecture) == armhf ]]; then # pypi.org has no wheels of them for 32 bits
        say python3-scipy python3-opencv
    elif [[ $(read_system VERSION_CODENAME) != bookworm ]]; then
        say python3-scipy # Bookworm's brings a compiler of 500 MB along; there the wheel is taken
    fi
    ! chose displays oled || say python3-luma.oled
    ! chose displays max7219 || say python3-luma.led-matrix
    ! chose displays speaker || say espeak-ng
}

# raspberry_packages: those that only Raspberry Pi's archive has, and what they are for.
raspberry_packages() {
    say "python3-lgpio pins (button, LEDs, buzzer)" "python3-gpiozero pins (button, LEDs, buzzer)"
    local camera
    camera=$(chosen camera)
    [[ ${camera:-picamera} != picamera ]] || say "python3-picamera2 the Pi's own camera"
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# candidate PACKAGE: the version that apt would install; empty when it knows none.
candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([^(].*\)/\1/p'; }

# in_archive PACKAGE: whether this system's archives hold one that is of use.
in_archive() {
    case $1 in
        python3-gpiozero) dpkg --compare-versions "$(candidate "$1")" ge 2.0 ;; # Debian's is 1.6
        *) [[ -n $(candidate "$1") ]] ;;
    esac
}

# add_raspberry_packages: adds to `packages` what the archives hold, and says what they don't.
add_raspberry_packages() {
    local name purpose
    while read -r name purpose; do
        if is_installed "$name" || in_archive "$name"; then
            packages+=("$name")
        else
            note "$name isn't in this system's archives (only Raspberry Pi OS has it);" \
                "going on without: $purpose."
        fi
    done < <(raspberry_packages)
}

# find_missing: leaves in `packages` only those that aren't installed.
find_missing() {
    local name all=("${packages[@]}")
    packages=()
    for name in "${all[@]}"; do
        is_installed "$name" || packages+=("$name")
    done
}

# apt_get COMMAND...: without questions, and patient while another apt runs.
apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -q=2 -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

update_lists() { apt_get update || fail_to "Asking the archives for their packages"; }

install_packages() {
    local packages
    step "Debian packages"
    [[ -z $offline ]] || use_fetched_packages
    finish_packages
    mapfile -t packages < <(wanted_packages)
    find_missing
    # Nobody waits for the archives' lists when there is nothing that they could add.
    if ((${#packages[@]})) || ! all_raspberry_packages_are_here; then update_lists; fi
    add_raspberry_packages
    find_missing
    ((${#packages[@]})) || { note "All are installed." && return 0; }
    note "Installing ${packages[*]}"
    apt_get install "${packages[@]}" >/dev/null || fail_to "Installing the Debian packages"
}

# finish_packages: an installation that was interrupted. dpkg alone can't when a package was unpacked
# before one that it depends on.
finish_packages() {
    local states
    dpkg --configure -a >/dev/null 2>&1 || true
    states=$'\n'$(dpkg-query --show --showformat='${db:Status-Status}\n')
    [[ $states =~ $'\n'(unpacked|half-|triggers-) ]] || return 0
    note "An installation of packages was interrupted; finishing it"
    update_lists
    apt_get --fix-broken --no-remove install >/dev/null ||
        fail_to "Finishing an interrupted installation of packages"
}

all_raspberry_packages_are_here() {
    local name
    while read -r name _; do
        is_installed "$name" || return 1
    done < <(raspberry_packages)
}

# use_fetched_packages: makes what was fetched the only archive that apt knows while this runs. apt sees
# it through a link: the name of a stick may hold blanks, and whatever else means something to apt.
use_fetched_packages() {
    [[ -s $offline/packages/Packages ]] ||
        fail "$offline doesn't hold what 'scripts/install --fetch' puts into a folder."
    apt_folder=$(mktemp -d)
    mkdir -p "$apt_folder/lists/partial"
    ln -s "$(realpath "$offline/packages")" "$apt_folder/packages"
    say "deb [trusted=yes] file:$apt_folder/packages ./" >"$apt_folder/sources.list"
    say "Dir::Etc::sourcelist \"$apt_folder/sources.list\";" "Dir::Etc::sourceparts \"/dev/null\";" \
        "Dir::State::lists \"$apt_folder/lists\";" 'APT::Sandbox::User "root";' \
        >"$apt_folder/apt.conf"
    export APT_CONFIG=$apt_folder/apt.conf
}

# fetch_packages FOLDER: with all they depend on, as if nothing were installed: the machine that they
# are for may have less than this one.
fetch_packages() {
    local packages
    mapfile -t packages < <(wanted_packages)
    update_lists
    add_raspberry_packages
    mkdir -p "$1/partial"
    note "Fetching ${packages[*]} with what they depend on"
    apt_get -o Dir::State::status=/dev/null -o Dir::Cache::archives="$(realpath "$1")" \
        --download-only install "${packages[@]}" >/dev/null || fail_to "Fetching the Debian packages"
    rm -rf "$1/partial" "$1/lock"
    write_index "$1"
}

# write_index FOLDER: lists the packages in a folder as apt wants an archive's listed.
write_index() {
    local file
    for file in "$1"/*%3a*.deb; do # apt would take that for a colon
        [[ ! -e $file ]] || mv "$file" "${file/\%3a/_}"
    done
    for file in "$1"/*.deb; do
        dpkg-deb --field "$file"
        say "Filename: ./${file##*/}" "Size: $(stat --format=%s "$file")" \
            "SHA256: $(sha256sum "$file" | cut -d ' ' -f 1)" ""
    done >"$1/Packages.new"
    mv "$1/Packages.new" "$1/Packages"
}
