# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Functions of the scripts that set up a machine; to be sourced by bash.

# Ends the script with a reason.
setup_fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Processors this process may use.
setup_processors() {
    nproc 2>/dev/null || echo 1
}

# setup_install PACKAGE...: installs with apt-get, as root or through sudo.
setup_install() {
    local -a apt=(apt-get)

    command -v apt-get >/dev/null ||
        setup_fail "apt-get not found: this script knows Debian and Ubuntu only; needed: $*"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            setup_fail "missing packages, and neither root nor sudo to install them: $*"
        apt=(sudo apt-get)
    fi
    printf 'installing: %s\n' "$*"
    "${apt[@]}" -q update
    "${apt[@]}" -q -y -o APT::Cmd::Disable-Script-Warning=1 -o Dpkg::Use-Pty=0 \
        install --no-install-recommends "$@" </dev/null ||
        setup_fail "apt-get could not install: $*"
}

setup_is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# setup_packages LIST TIER...: installs what the list names for the tiers and is not there yet.
setup_packages() {
    local list=$1 tier package
    local -a missing=()

    shift
    while read -r tier package; do
        case " $* " in
        *" $tier "*) setup_is_installed "$package" || missing+=("$package") ;;
        esac
    done < <(grep -v '^#' "$list" | grep .)
    if [ ${#missing[@]} -gt 0 ]; then
        setup_install "${missing[@]}"
    fi
}

# setup_venv FOLDER REQUIREMENTS: a Python environment with exactly these packages. Made anew when
# the requirements or the interpreter changed. No other package comes along: the list is complete.
setup_venv() {
    local folder=$1 requirements=$2 stamp

    python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
        setup_fail "Python 3.9 or newer is needed, $(python3 --version) was found"
    stamp=$(python3 -c 'import sys; print(sys.version, sys.base_prefix)'; cat "$requirements")
    if [ -f "$folder/stamp" ] && [ "$(cat "$folder/stamp")" = "$stamp" ]; then
        return
    fi
    python3 -c 'import ensurepip, venv' 2>/dev/null || setup_install python3-venv
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
        -r "$requirements" || setup_fail "pip could not install $requirements"
    printf '%s\n' "$stamp" >"$folder/stamp"
}
