# shellcheck shell=bash
# Shell functions shared by the scripts in this folder; sourced, not run.

# Prints a step heading with the time since the script began.
step() {
    printf '\n\033[1m[%3ds] %s\033[0m\n' "$SECONDS" "$*"
}

# Prints one line of detail under a step.
note() {
    printf '       %s\n' "$*"
}

# Prints why the script cannot go on and ends it.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Ends one process that this script started, and waits for it.
stop_process() {
    local pid=$1
    kill "$pid" 2>/dev/null || return 0
    for _ in $(seq 50); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
}
