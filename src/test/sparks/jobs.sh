# For scripts that run commands side by side, since each waits for one task or one process most of the time, to be
# sourced. What a command prints comes when it ends.

declare -A running=()
failed=()
trap 'for group in "${!running[@]}"; do kill -- "-$group" 2>/dev/null || true; done' EXIT

# Three at a time, each in a process group of its own, so that nothing is left of it: start LOG COMMAND...
start() {
  local log=$1
  shift
  [[ ${#running[@]} -lt 3 ]] || finish
  mkdir -p "$(dirname "$log")"
  set -m
  ("$@") >"$log" 2>&1 &
  set +m
  running[$!]=$log
}

finish() {
  local pid log name code=0
  wait -n -p pid "${!running[@]}" || code=$?
  log=${running[$pid]}
  name=$(basename "$log" .log)
  unset "running[$pid]"
  echo "$name:" >&2
  cat "$log" >&2
  [[ $code == 0 ]] || failed+=("$name")
}

# Waits for all, and ends the script if one has failed.
finish_all() {
  while [[ ${#running[@]} -gt 0 ]]; do
    finish
  done
  [[ ${#failed[@]} == 0 ]] || {
    echo "${0##*/}: failed with ${failed[*]}" >&2
    exit 1
  }
}
