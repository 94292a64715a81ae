#!/usr/bin/awk -f
# Lines of a log that is there already become agent events; follow the result with receivers.events.files, or pipe it:
#
#   tail -F agent.log | awk -f from-log.awk >> events.jsonl

function field(name,    rest) {
    if (!match($0, name "=(\"[^\"]*\"|[^ ]*)")) return ""
    rest = substr($0, RSTART + length(name) + 1, RLENGTH - length(name) - 1)
    gsub(/"/, "", rest)
    return rest
}

# A line is written when the step is over; it took so long before that.
function step(members) {
    count++
    printf "{\"trace_id\":\"%s\",\"id\":\"%s-%d\",\"parent_id\":\"%s\",\"end\":\"%s\",\"duration_ms\":%s,%s}\n", \
        field("run"), field("run"), count, field("run"), $1, field("took_ms"), members
    fflush()
}

function request(members) {
    printf "{\"type\":\"request\",\"trace_id\":\"%s\",\"id\":\"%s\",%s}\n", field("run"), field("run"), members
    fflush()
}

$4 == "start" { request("\"phase\":\"start\",\"start\":\"" $1 "\",\"agent\":\"" field("agent") "\",\"input\":\"" field("question") "\"") }
$4 == "model" { step("\"type\":\"model_call\",\"model\":\"" $5 "\",\"usage\":{\"input\":" field("in") ",\"output\":" field("out") "}") }
$4 == "tool" { step("\"type\":\"tool_call\",\"tool\":\"" $5 "\"" (field("error") == "" ? "" : ",\"failure\":\"" field("error") "\"")) }
$4 == "done" { request("\"phase\":\"end\",\"end\":\"" $1 "\",\"outcome\":\"" field("outcome") "\"") }
