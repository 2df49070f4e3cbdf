# shellcheck shell=bash
# Sourced by install: the service's user, its unit, and whether it really runs.

readonly groups=(video gpio i2c spi audio)
switched='' # whether `current` leads to the release that is being installed

make_user() {
    local group
    step "User $user"
    for group in "${groups[@]}"; do
        getent group "$group" >/dev/null && continue
        groupadd --system "$group"
        note "made the group $group"
    done
    getent passwd "$user" >/dev/null ||
        useradd --system --user-group --home-dir "$state" --no-create-home \
            --shell /usr/sbin/nologin "$user"
    usermod --append --groups "$(IFS=, && printf '%s' "${groups[*]}")" "$user"
    has_raspberry_rules || give_devices_to_groups
}

# has_raspberry_rules: whether the system itself gives the pins to the group gpio.
has_raspberry_rules() {
    grep -qrs --include='*.rules' 'GROUP="gpio"' "${udev_file%/etc/*}"/{etc,usr/lib,lib}/udev/rules.d \
        --exclude="${udev_file##*/}"
}

# give_devices_to_groups: as Raspberry Pi OS does; plain Debian leaves them root's.
give_devices_to_groups() {
    place "$checkout/systemd/digit-appliance.rules" "$udev_file"
    if has_systemd && command -v udevadm >/dev/null; then
        udevadm control --reload && udevadm trigger --settle || true
    fi 2>/dev/null
}

# place FILE TARGET: copies a file to where the system reads it, whole at any moment.
place() {
    mkdir -p "$(dirname "$2")"
    install -m 644 "$1" "$2.new"
    mv "$2.new" "$2"
}

# enable_buses: I2C and SPI, if a chosen display is connected to them and they are off.
enable_buses() {
    ! chose displays oled || enable_bus i2c I2C
    ! chose displays max7219 || enable_bus spi SPI
}

# enable_bus NAME TITLE: raspi-config says 1 for off, and is told 0 for on.
enable_bus() {
    if ! command -v raspi-config >/dev/null; then
        note "raspi-config isn't here: switch $2 on yourself, the display needs it."
    elif [[ $(raspi-config nonint "get_$1") != 0 ]]; then
        step "Switching $2 on for the display"
        raspi-config nonint "do_$1" 0 || note "That failed: sudo raspi-config nonint do_$1 0"
    fi
}

# activate_release: makes the new release the current one and starts it.
activate_release() {
    step "Service $unit"
    switched=yes
    keep_state
    put_in_place "$release"
    start_and_wait || fail "The new release didn't get ready within two minutes; see above."
}

# put_in_place RELEASE: current link, unit, rights and command; enabled, not yet started.
put_in_place() {
    switch_to "$1"
    place "$1/systemd/$unit" "$unit_file"
    allow_power_off "$1"
    if [[ -n $hardware_watchdog ]]; then
        place "$1/systemd/reboot-when-lost.conf" "$reboot_file"
        place "$1/systemd/hardware-watchdog.conf" "$watchdog_file"
        note "The hardware watchdog works from the next start of the Pi on."
    fi
    ln -sfn "$current/venv/bin/digit-appliance" "$command_link"
    ! has_systemd || systemctl daemon-reload
    systemctl --quiet enable "$unit"
}

# allow_power_off RELEASE: without polkit, which Raspberry Pi OS has, only root may.
allow_power_off() {
    if [[ -d ${polkit_file%/*} ]]; then
        place "$1/systemd/digit-appliance-power-off.rules" "$polkit_file"
    elif chose triggers button; then
        note "polkit isn't installed: holding the button can't switch this machine off."
    fi
}

# start_and_wait: starts it anew; the unit counts as started once the program says that it is ready.
start_and_wait() {
    if ! has_systemd; then
        note "systemd doesn't run here: the service starts with the next boot."
        return
    fi
    note "Waiting until it is ready"
    systemctl reset-failed "$unit" 2>/dev/null || true
    # Not a bare return: in a trap that would tell how the command before the trap ended.
    systemctl restart "$unit" && systemctl --quiet is-active "$unit" && return 0
    journalctl --no-pager --quiet --unit="$unit" --lines=15 --output=cat >&2 || true
    return 1
}

# read_test_picture: draws a page and lets the installed command read it, as the service's user.
read_test_picture() {
    local folder seed digits
    step "Reading a test picture"
    folder=$(mktemp -d)
    chmod 755 "$folder"
    for seed in 1 2 3; do # one drawn page may be hard to read; three aren't
        digits=$("$release/venv/bin/python" "$checkout/scripts/installer/draw_page.py" \
            "$folder/page.png" --seed "$seed") || break
        if reads "$folder/page.png" "$digits"; then
            rm -rf "$folder"
            note "It read $digits. Good."
            return
        fi
    done
    rm -rf "$folder"
    fail "The installed program can't read its test pictures; see above."
}

# reads PICTURE DIGITS: whether the installed command reads these digits in it.
reads() {
    local answer
    answer=$(runuser -u "$user" -- "$command_link" read --json "$1") || return
    "$python" -I -c 'import json, sys
reading = json.loads(sys.argv[1])
sys.exit(reading["text"] != sys.argv[2])' "$answer" "$2" || {
        note "It read this instead of $2: $answer"
        return 1
    }
}

# keep_state: stops the service and keeps its files as they are, for the release before this one: it
# can't read a journal that the new one has changed.
keep_state() {
    [[ -n $previous && -d $state ]] && has_systemd || return 0
    systemctl stop "$unit" || true
    ! state_is_newer || return 0 # an upgrade was interrupted: that copy is the right one still
    rm -rf "$state.before-upgrade" "$state.copying" # an interrupted copy would take this one into it
    cp -a "$state" "$state.copying" || fail_to "Keeping a copy of $state"
    mv "$state.copying" "$state.before-upgrade"
}

forget_kept_state() { rm -rf "$state.before-upgrade" "$state.copying"; }

# state_is_newer: whether the journal's tables were changed since the copy was made.
state_is_newer() {
    [[ -d $state.before-upgrade &&
        $(journal_version "$state") != "$(journal_version "$state.before-upgrade")" ]]
}

# restore_state: only when the journal's version has changed; otherwise what was recorded stays.
restore_state() {
    if ! state_is_newer; then
        forget_kept_state
    elif swap_state; then
        note "The journal is as before the upgrade; the newer one is kept in $state.newer."
        forget_kept_state
    else
        say "The journal couldn't be put back as it was before the upgrade; see above." \
            "What there was then is kept in $state.before-upgrade." >&2
    fi
}

# swap_state: keeps the newer state in $state.newer and puts the copy in its place. A partition can't be
# moved; what is on it is deleted only when its copy is whole.
swap_state() {
    rm -rf "$state.newer"
    if is_partition "$state"; then
        cp -a "$state" "$state.newer" || { rm -rf "$state.newer"; return 1; }
        empty "$state" && cp -a "$state.before-upgrade/." "$state"
    else
        mv "$state" "$state.newer" && mv "$state.before-upgrade" "$state"
    fi
}

# journal_version FOLDER: the version of the tables in its journal, or none. It makes no journal, which
# would be root's, and leaves no log beside one, as a connection that may only read (mode=ro) would.
journal_version() {
    "$python" -I -c 'import pathlib, sqlite3, sys
journal = sqlite3.connect(pathlib.Path(sys.argv[1]).as_uri() + "?mode=rw", uri=True)
print(journal.execute("pragma user_version").fetchone()[0])' \
        "$1/journal.sqlite3" 2>/dev/null || say none
}

say_interrupted() { say "" "Interrupted. Run it again: it goes on from here." >&2; }

# undo_release: takes back what a failed installation has begun.
undo_release() {
    undo_settings
    if [[ -n $switched ]]; then
        if [[ -n $previous ]]; then
            return_to "$previous"
        else
            disable_service
        fi
    fi
    [[ -z $release || -e $release/proven ]] || rm -rf "$release"
    rm -rf "$state.copying"
}

# return_to RELEASE
return_to() {
    step "Going back to ${1##*/}"
    ! has_systemd || systemctl stop "$unit" || true
    restore_state
    put_in_place "$1"
    if start_and_wait; then
        touch "$1/proven" # the one that ran last
        say "${1##*/} runs again." >&2
    else
        say "It doesn't start: journalctl -u $unit tells more." >&2
        return 1
    fi
}

disable_service() {
    ! has_systemd || systemctl stop "$unit" || true
    systemctl --quiet disable "$unit" || true
    rm -f "$current" "$unit_file" "$command_link"
    ! has_systemd || systemctl daemon-reload
    say "No release ran here before; the service is switched off again." >&2
}

# go_back: to the proven release before the current one, which runs on should that one not start.
go_back() {
    local before
    previous=$(current_release) # where clean_up leads if this fails or is interrupted
    [[ -d $previous ]] || fail "No release is installed; install one: sudo scripts/install"
    before=$(proven_releases | grep -vx "$previous" | sed -n 1p) || true
    [[ -n $before ]] || fail "There is no release before ${previous##*/} to go back to."
    switched=yes
    return_to "$before"
    switched=''
}

say_goodbye() {
    local how
    case ",$(chosen triggers | paste -sd ,)," in
        *,button,*) how="press the button" ;;
        *,stillness,*) how="keep it still" ;;
        *) how="wait for the next reading" ;;
    esac
    say "" "Installed. What it says: journalctl -fu digit-appliance. What is missing, if anything:" \
        "sudo digit-appliance doctor. More: $current/docs/operations.md." "" \
        "Hold up a digit and $how."
}
