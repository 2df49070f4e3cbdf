# shellcheck shell=bash
# Sourced by install: what must be so before anything is changed.

# read_system FIELD: a field of /etc/os-release.
read_system() { (
    # shellcheck source=/dev/null
    source /etc/os-release 2>/dev/null
    printf '%s' "${!1:-}"
); }

check_system() {
    local name codename architecture
    name=$(read_system PRETTY_NAME) codename=$(read_system VERSION_CODENAME)
    case $(read_system ID)-$codename in
        debian-trixie | raspbian-trixie | debian-bookworm | raspbian-bookworm) ;;
        *) fail "This system is ${name:-unknown}. The installer knows Raspberry Pi OS and Debian," \
            "releases Trixie (13) and Bookworm (12). On others, scripts/demo and" \
            "'pip install .' in an environment of your own run the program without a service." ;;
    esac
    command -v systemctl >/dev/null ||
        fail "systemd isn't installed here, and the appliance is to be a service of it. Install it with:" \
            "  sudo apt install systemd-sysv"
    architecture=$(dpkg --print-architecture)
    case $architecture in
        arm64 | armhf | amd64) step "System: $name, $architecture. Good." ;;
        *) fail "This processor's architecture is $architecture; the installer knows arm64 (64-bit)," \
            "armhf (32-bit) and amd64." ;;
    esac
}

# check_checkout: whether all that will be installed is there.
check_checkout() {
    local file
    for file in pyproject.toml appliance/cli/main.py weights/default.npz systemd/$unit; do
        [[ -s $checkout/$file ]] ||
            fail "$checkout/$file is missing: this checkout or archive isn't complete. Fetch it again."
    done
}

# check_alone: two installers at once would undo each other's work.
check_alone() {
    exec {lock}>/run/digit-appliance-install.lock
    flock --nonblock "$lock" || fail "Another installation is running; wait until it has ended."
}

# free_megabytes PATH: what is free where PATH is, or will be.
free_megabytes() {
    local path=$1
    while [[ ! -e $path ]]; do path=$(dirname "$path"); done
    df --output=avail --block-size=1M "$path" | tail -n 1 | tr -d ' '
}

# check_disk: for a second release beside the first, and packages; about half of it remains used.
check_disk() {
    local free needed=900
    [[ $(dpkg --print-architecture) != armhf ]] || needed=2500 # Debian's OpenCV brings Qt along
    free=$(free_megabytes "$releases")
    ((free >= needed)) ||
        fail "Only $free MB are free for $base; $needed MB are needed. Make room first:" \
            "'sudo apt clean' often helps, and 'sudo raspi-config' can expand the file system."
}

# reaches HOST: whether a web server answers.
reaches() { timeout 15 bash -c "exec 3<>/dev/tcp/$1/443" 2>/dev/null; }

# check_network: Python packages come from pypi.org. A proxy is taken at its word.
check_network() {
    [[ -z ${https_proxy:-}${HTTPS_PROXY:-}${PIP_INDEX_URL:-} ]] || return 0
    reaches pypi.org || reaches files.pythonhosted.org ||
        fail "There is no way to pypi.org: the network is missing, or blocked. Connect it and run this" \
            "again. Without a network: fetch everything elsewhere with --fetch, then use --offline."
}

# fail_to WHAT: ends, and says why: a full disk and a lost network are the usual reasons.
fail_to() {
    local free_here free_tmp
    free_here=$(free_megabytes "$releases") free_tmp=$(free_megabytes "${TMPDIR:-/tmp}")
    if ((free_here < 20)); then
        fail "$1 failed: the disk is full ($free_here MB free for $base). Make room and run this again."
    elif ((free_tmp < 20)); then
        fail "$1 failed: ${TMPDIR:-/tmp} is full ($free_tmp MB free). Make room and run this again, or" \
            "name another folder: sudo TMPDIR=/var/tmp $0"
    elif [[ -n $offline ]]; then
        fail "$1 failed; the lines above say why. If something is missing in $offline: fetch it again," \
            "on a machine with the same system, by: sudo scripts/install --fetch ${offline@Q}"
    fi
    fail "$1 failed; the lines above say why. When the network is there and runs, run this again:" \
        "it goes on from here, and what was installed before stays as it is."
}
