#!/usr/bin/env bash
# Debian packages that pictures (run) and the validators (test) need: installed where we are root, else named.
set -euo pipefail
case "${1:-run}" in
  run) packages=(libegl-mesa0 libegl1 libgl1-mesa-dri libgl1 libosmesa6 libxrender1 libxt6 libsm6) ;;
  test) packages=(dicom3tools cmake make gcc libc6-dev libglib2.0-0 libxkbcommon0 libdbus-1-3 libfontconfig1) ;;
  *) echo "debian.sh: expected run or test, got $1" >&2; exit 2 ;;
esac
command -v dpkg-query >/dev/null || { echo "not a Debian system: see README, Requirements"; exit 0; }
missing=()
# Debian's own Python comes without what makes a virtual environment; one from elsewhere has it.
python=${PYTHON:-python3.11}
if ! command -v "$python" >/dev/null || ! "$python" -c 'import ensurepip' 2>/dev/null; then
  [ "$python" = python3.11 ] && missing+=(python3.11 python3.11-venv)
fi
# pyradiomics, which tests compare with, is built against Python's headers.
header='import pathlib, sys, sysconfig; sys.exit(not pathlib.Path(sysconfig.get_paths()["include"], "Python.h").exists())'
if [ "${1:-run}" = test ] && ! "$python" -c "$header" 2>/dev/null; then missing+=(python3.11-dev); fi
for name in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing+=("$name")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "pictures or tests will be missing; as root: apt-get install ${missing[*]}"
fi
