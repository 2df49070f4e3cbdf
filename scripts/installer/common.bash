# shellcheck shell=bash
# Sourced by install and uninstall: where everything lies, and how things are said.

# shellcheck disable=SC2034 # those that only install needs

readonly python=/usr/bin/python3 # not that of an environment which happens to be active
readonly unit=digit-appliance.service user=digit-appliance
readonly base=/opt/digit-appliance
readonly releases=$base/releases current=$base/current
readonly settings_folder=/etc/digit-appliance settings=/etc/digit-appliance/config.toml
readonly state=/var/lib/digit-appliance
readonly unit_file=/etc/systemd/system/$unit
readonly reboot_file=/etc/systemd/system/$unit.d/reboot-when-lost.conf
readonly watchdog_file=/etc/systemd/system.conf.d/digit-appliance-watchdog.conf
readonly udev_file=/etc/udev/rules.d/60-digit-appliance.rules
readonly polkit_file=/etc/polkit-1/rules.d/49-digit-appliance.rules
readonly command_link=/usr/local/bin/digit-appliance

# What programs say is read here: apt's "Candidate:" has another name in other languages.
export LC_ALL=C.UTF-8

# Whoever starts this may have a stricter one; the service's user reads what is made here, down to the
# test picture.
umask 022

# say LINE...: one line for each argument.
say() { printf '%s\n' "$@"; }

# step TEXT: says what is done next.
step() { printf '* %s\n' "$1"; }

# note TEXT: something worth knowing about the present step.
note() { printf '  %s\n' "$@"; }

# fail LINE...: says what is wrong and what to do about it, and ends.
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

misuse() {
    printf '%s\n' "$@" "See: sudo $0 --help" >&2
    exit 2
}

check_root() {
    ((EUID == 0)) ||
        fail "This needs root's rights: it installs packages and a service. Run it as:" "  sudo $0"
}

# has_systemd: whether systemd runs here; in a chroot, as when an image is made, it doesn't.
has_systemd() { [[ -d /run/systemd/system ]]; }

# is_partition FOLDER: whether a file system of its own is mounted there, as for a card that is never
# written: such a folder can be neither moved nor removed.
is_partition() { mountpoint --quiet "$1"; }

# empty FOLDER: removes all that is in it but lost+found, which is its file system's.
empty() { find "$1" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +; }
