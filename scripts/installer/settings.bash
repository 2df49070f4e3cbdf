# shellcheck shell=bash
# Sourced by install: the settings file, with what was asked for; kept on an upgrade.

declare -A wanted=() # what was asked for: section of the settings file -> names
settings_were='' # what stood there before this installation wrote settings: absent, others

# choices SECTION: all names that a section of the settings knows, as their explanation lists them; but
# not manual, the Enter key: a service has no keys.
choices() {
    sed -n "/^\[$1\]/,/^#use/ { s/manual, //; s/.* Names: \([^.]*\)\..*/\1/p }" \
        "$checkout/docs/config.toml"
}

# check_names: whether the settings know what was asked for. Blanks around names don't matter.
check_names() {
    local section names name known seen
    for section in "${!wanted[@]}"; do
        names=${wanted[$section]//[[:space:]]/} known=$(choices "$section") seen=,
        [[ ,$names, != *,,* ]] || misuse "In '${wanted[$section]}' a name is missing; there are: $known."
        for name in ${names//,/ }; do
            [[ $name != manual ]] || misuse "A service has no Enter key for manual; there are: $known."
            [[ ", $known," == *", $name,"* ]] || misuse "$name isn't known; there are: $known."
            [[ $seen != *,$name,* ]] || misuse "$name is named twice."
            seen+=$name,
        done
        wanted[$section]=$names
    done
    [[ ${wanted[camera]:-} != *,* ]] || misuse "There can be one camera only."
}

# settings_file get|set FILE SECTION [NAMES]: see there.
settings_file() { "$python" -I "$checkout/scripts/installer/settings_file.py" "$@"; }

# in_settings SECTION: the names that the present settings file uses in a section, one on each line.
in_settings() { [[ ! -e $settings ]] || settings_file get "$settings" "$1"; }

# check_readable: whether the present settings can be read.
check_readable() {
    [[ ! -e $settings || -x $python ]] ||
        fail "python3 is missing, to read $settings. Install it with:" "  sudo apt install python3"
    in_settings triggers >/dev/null || exit
}

# check_changeable: whether what was asked for can be written into the present settings.
check_changeable() {
    local section
    [[ -e $settings ]] || return 0
    for section in "${!wanted[@]}"; do
        settings_file set "$settings" "$section" "${wanted[$section]}" >/dev/null || exit
    done
}

# check_triggers: whether the present settings leave the service a trigger. manual is what the program
# takes when they name none; without others it would end at once, beside others it does nothing there.
check_triggers() {
    [[ ! -e $settings ]] || chosen triggers | grep -vx manual >/dev/null ||
        fail "$settings has no trigger but manual, the Enter key, which a service doesn't have (it is" \
            "the default where none is named). Choose with --trigger: $(choices triggers)."
}

# chosen SECTION: the names that were asked for, or else those in the present settings.
chosen() {
    if [[ -n ${wanted[$1]:-} ]]; then
        say "${wanted[$1]//,/$'\n'}"
    else
        in_settings "$1"
    fi
}

# chose SECTION NAME: whether that name is among them.
chose() { chosen "$1" | grep -x "$2" >/dev/null; }

is_raspberry_pi() { grep -qs "Raspberry Pi" /proc/device-tree/model; }

# default_for SECTION: what suits most owners of such a machine.
default_for() {
    local pins=''
    ! is_raspberry_pi || ! has_module lgpio || pins=yes
    case $1 in
        displays) say "${pins:+leds,status_led,}terminal" ;;
        triggers) if [[ -n $pins ]]; then say button; else say stillness; fi ;;
        camera) if has_module picamera2; then say picamera; else say webcam; fi ;;
    esac
}

# has_module NAME: whether Python finds a module among the system's packages.
has_module() {
    "$python" -I -c 'import importlib.util, sys
sys.exit(importlib.util.find_spec(sys.argv[1]) is None)' "$1" 2>/dev/null
}

# choose_settings: asks for what wasn't given, when there is somebody to answer and nothing chosen yet.
choose_settings() {
    [[ -z $assume_yes && ! -e $settings && -t 0 && -t 1 ]] || return 0
    say "" "Three questions; an empty answer takes what suits this machine."
    ask displays "Where shall readings be shown? Several names with commas."
    ask triggers "What shall say when to read?"
    ask camera "Which camera?"
    check_names
}

# ask SECTION QUESTION
ask() {
    local answer
    [[ -z ${wanted[$1]:-} ]] || return 0
    say "$2" "  $(choices "$1")"
    read -r -p "> " answer || answer=''
    [[ -z ${answer// /} ]] || wanted[$1]=$answer
}

# write_settings: fresh ones when there are none; otherwise only what was asked for is changed. The
# file is whole at any moment.
write_settings() {
    local section draft=$settings.new
    step "Settings in $settings"
    install -d "$settings_folder"
    if [[ -e $settings ]]; then
        cp "$settings" "$draft"
    else
        "$release/venv/bin/digit-appliance" settings >"$draft" || fail_to "Writing $draft"
        for section in displays triggers camera; do
            [[ -n ${wanted[$section]:-} ]] || wanted[$section]=$(default_for "$section")
        done
    fi
    for section in "${!wanted[@]}"; do
        settings_file set "$draft" "$section" "${wanted[$section]}" >"$draft.next"
        mv "$draft.next" "$draft"
        note "$section: ${wanted[$section]}"
    done
    check_settings "$draft"
    replace_settings "$draft"
}

# check_settings DRAFT: whether this release understands them, and no pin is used twice.
check_settings() {
    "$release/venv/bin/digit-appliance" wiring --config "$1" >/dev/null && return 0
    [[ -e $settings ]] && cmp -s "$settings" "$1" &&
        fail "This release doesn't accept $settings; see above. Nothing was changed."
    fail "These settings can't work together; see above. Choose others, or change $settings."
}

# replace_settings DRAFT: keeps those before in config.toml.before, if they are others.
replace_settings() {
    chmod 644 "$1"
    if [[ -e $settings ]] && cmp -s "$settings" "$1"; then
        rm "$1"
        note "kept as they are"
        return
    fi
    if [[ -e $settings ]]; then
        cp -a "$settings" "$settings.before.new"
        mv "$settings.before.new" "$settings.before"
        settings_were=others
    else
        settings_were=absent
    fi
    sync "$1"
    mv "$1" "$settings"
    sync "$settings_folder"
}

# undo_settings: those before this installation; a choice that doesn't work must not stay.
undo_settings() {
    case $settings_were in
        absent) rm -f "$settings" ;;
        others) mv "$settings.before" "$settings" ;;
    esac
    rm -f "$settings.new" "$settings.new.next" "$settings.before.new"
}
