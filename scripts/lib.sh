# shellcheck shell=bash
# What the other scripts share: words on the terminal, a step with visible progress, Debian packages.

if [[ -t 1 && -z "${NO_COLOR:-}" && "${TERM:-dumb}" != dumb ]]; then
    IS_TTY=1 BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' AMBER=$'\e[33m' PLAIN=$'\e[0m'
else
    IS_TTY=0 BOLD='' DIM='' RED='' GREEN='' AMBER='' PLAIN=''
fi
LOG_DIR=.state/log
BAR_WIDTH=24
SILENCE_MAX_S=2

say() { printf '%s\n' "$*"; }
good() { printf '%s✓%s %s\n' "$GREEN" "$PLAIN" "$*"; }
warn() { printf '%s!%s %s\n' "$AMBER" "$PLAIN" "$*"; }
die() {
    printf '%s✗%s %s\n' "$RED" "$PLAIN" "$1" >&2
    shift
    local line
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

# The seconds, as "12 s" or "1 min 5 s".
human_s() {
    if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); fi
}

# draw_progress LABEL SECONDS [DONE TOTAL]: one line, drawn over on a terminal, printed anew in a log.
draw_progress() {
    local label=$1 seconds=$2 done=${3:-0} total=${4:-0} bar='' what
    what="$label  $(human_s "$seconds")"
    if ((total > 0)); then
        ((done <= total)) || done=$total
        local filled=$((BAR_WIDTH * done / total))
        printf -v bar '%*s' "$filled" ''
        bar=${bar// /█}
        local rest
        printf -v rest '%*s' $((BAR_WIDTH - filled)) ''
        what="$label  $bar${rest// /░}  $((100 * done / total)) %  $(human_s "$seconds")"
    fi
    if ((IS_TTY)); then printf '\r\e[K%s  %s%s' "$DIM" "$what" "$PLAIN"; else printf '  %s\n' "$what"; fi
}

# run_step LABEL COUNTER COMMAND...: run with the output in a log file, showing that it lives. COUNTER is a
# function that prints "DONE TOTAL", or `true`. On failure the end of the log is shown and its path named.
run_step() {
    local label=$1 counter=$2
    shift 2
    mkdir -p "$LOG_DIR"
    local log slug status=0 started=$SECONDS drawn=-1
    slug=${label,,}
    log="$LOG_DIR/${slug//[^a-z0-9]/-}.log"
    "$@" </dev/null >"$log" 2>&1 &
    local job=$!
    # shellcheck disable=SC2064  # the job of now, not of then
    trap "kill $job 2>/dev/null; printf '\n'; exit 130" INT TERM
    while kill -0 "$job" 2>/dev/null; do
        local seconds=$((SECONDS - started))
        if ((IS_TTY)) || ((seconds >= drawn + SILENCE_MAX_S)); then
            # shellcheck disable=SC2046  # two words are meant
            ((drawn < 0 && !IS_TTY && seconds == 0)) || draw_progress "$label" "$seconds" $("$counter")
            drawn=$seconds
        fi
        sleep 0.1
    done
    wait "$job" || status=$?
    trap - INT TERM
    ((!IS_TTY)) || printf '\r\e[K'
    if ((status)); then
        printf '%s✗%s %s\n' "$RED" "$PLAIN" "$label  $(human_s $((SECONDS - started)))"
        tail -n "${STEP_TAIL:-40}" "$log" | sed 's/^/    /'
        say "    (all of it: $log)"
        return "$status"
    fi
    good "$label${DIM}  $(human_s $((SECONDS - started)))${PLAIN}"
}

# How to be root here: "" (we are), "sudo -n", or "no".
root_prefix() {
    if [[ $(id -u) == 0 ]]; then
        printf ''
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        printf 'sudo -n'
    else
        printf 'no'
    fi
}

has_debian_package() { [[ $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) == 'install ok installed' ]]; }

apt_install() {
    # shellcheck disable=SC2086  # the prefix is no word or two words
    $1 env DEBIAN_FRONTEND=noninteractive apt-get update &&
        $1 env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${@:2}"
}

# install_debian PACKAGE...: through apt where root or password-less sudo is there; else 1, nothing done.
install_debian() {
    local prefix
    prefix=$(root_prefix)
    [[ $prefix != no ]] && command -v apt-get >/dev/null || return 1
    run_step "Debian packages: $*" true apt_install "$prefix" "$@"
}
