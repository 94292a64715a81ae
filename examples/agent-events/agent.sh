#!/bin/sh
# A script with curl: each step is one line, sent as it happens.
#
# usage: agent.sh [URL]      URL is the bridge's, http://127.0.0.1:4318 by default
set -eu

bridge=${1:-http://127.0.0.1:4318}
run=run-$$-$(date +%s)

event() { curl --silent --show-error --fail-with-body --data-binary "$1" "$bridge/v1/agent-events"; }
now() { date +%s%N; }

event '{"type":"request","trace_id":"'"$run"'","id":"'"$run"'","phase":"start","agent":"nightly-report","entry_point":"cron"}'

start=$(now)
sleep 0.05
event '{"type":"step","step_type":"planning","trace_id":"'"$run"'","id":"plan","parent_id":"'"$run"'","start":'"$start"',"end":'"$(now)"'}'

start=$(now)
if rows=$(printf 'a\nb\nc\n' | wc -l); then state='"status":"ok"'; else state='"failure":{"code":"tool.exception"}'; fi
event '{"type":"tool_call","tool":"count-rows","trace_id":"'"$run"'","id":"count","parent_id":"'"$run"'","start":'"$start"',"end":'"$(now)"',"result":{"rows":'"$rows"'},'"$state"'}'

event '{"type":"request","trace_id":"'"$run"'","id":"'"$run"'","phase":"end","output":"3 rows","outcome":"success"}'
echo "sent as $run"
