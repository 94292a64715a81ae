#!/usr/bin/env bash
# The bridge as somebody meets it first: built, started with no configuration file, an example agent run played through it,
# and that run read back from the log.
#
# With a terminal on stdin the bridge stays until Ctrl-C; without one it is stopped and the script ends. The build is the
# debug one, which a cold machine finishes soonest; `make build` makes the quick one.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly data=./causeway-data
readonly receiver=4318 admin=4380
bridge=

fail() {
    printf 'run: %s\n' "$*" >&2
    exit 3
}
listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
ready() {
    # bash's own sockets: the machine need not have curl.
    { exec 3<>"/dev/tcp/127.0.0.1/$admin"; } 2>/dev/null || return 1
    printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
    local status
    IFS= read -r status <&3 || true
    exec 3>&-
    [[ $status == *" 200 "* ]]
}
# Only ever the process started here, once: a second signal would cut its draining short.
stop() {
    [[ -n $bridge ]] || return 0
    local pid=$bridge
    bridge=
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" || fail "the bridge did not stop cleanly (status $?)"
}

printf '==> building causeway (the first time takes a few minutes, later seconds)\n'
swift build --product causeway
causeway=$(swift build --show-bin-path)/causeway
causeway=${causeway#"$PWD"/}

for port in "$receiver" "$admin"; do
    ! listening "$port" || fail "port $port is taken by another program; stop it and try again"
done

# The first look needs no backend; an endpoint in the environment is for the agent, and may well be this very bridge.
for name in "${!OTEL_EXPORTER_OTLP_@}"; do
    printf '==> %s is set; this run does without it\n' "$name"
    unset "$name"
done

printf '==> starting the bridge, data in %s\n' "$data"
trap stop EXIT
trap 'stop; exit 0' INT
trap 'exit 143' TERM HUP
# A session of its own, so that Ctrl-C reaches this script only, which then asks the bridge to stop.
CAUSEWAY_DATA=$data setsid "$causeway" run </dev/null &
bridge=$!
for ((tries = 0; tries < 100; tries++)); do
    kill -0 "$bridge" 2>/dev/null || {
        bridge=
        fail "the bridge ended; its last words are above"
    }
    ! ready || break
    sleep 0.1
done
ready || fail "the bridge is not ready after 10 s"

printf '==> playing examples/agent-run.otlp.json\n'
"$causeway" send --to "http://127.0.0.1:$receiver" examples/agent-run.otlp.json

printf '\n==> what the log holds\n\n'
"$causeway" spool cat --tree --data "$data"

cat <<TEXT

==> point an agent at it

    export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$receiver
    export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf

    metrics and health    http://127.0.0.1:$admin/metrics  /healthz  /readyz
    look again            $causeway spool cat --tree --data $data
    send it on            OTEL_EXPORTER_OTLP_ENDPOINT=http://your-backend:4318 $causeway run
TEXT

if [[ -t 0 ]]; then
    printf '\n==> the bridge is running; Ctrl-C stops it\n'
    wait "$bridge" || {
        status=$?
        bridge=
        fail "the bridge ended with status $status"
    }
    bridge=
else
    printf '\n==> no terminal: stopping the bridge\n'
    stop
fi
