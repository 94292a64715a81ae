// Measures what agent events cost: lines a second on one core, and memory with many open spans.
//
// Each row is the best of several runs. Without arguments everything is measured; `lines` measures only the first two rows, `open` only the
// memory, with as many spans as the argument behind it says.

import BenchSupport
import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import Foundation

let options = UnderstandingOptions(callKey: CallKey(1, 2))
let now: UInt64 = 1_900_000_000_000_000_000

func row(_ name: String, _ seconds: Double, _ lines: [[UInt8]]) {
    let bytes = lines.reduce(0) { $0 + $1.count + 1 }
    let perSecond = Int(Double(lines.count) / seconds)
    print("\(name): \(perSecond) lines/s, \(Int(Double(bytes) / 1e6 / seconds)) MB/s, \(bytes / lines.count) bytes a line")
}

/// What an agent writes: a request, its steps, model and tool calls.
func lines(_ count: Int) -> [[UInt8]] {
    (0..<count).map { number in
        let run = number / 8
        let ids = "\"trace_id\":\"run-\(run)\",\"id\":\"s-\(number)\",\"parent_id\":\"s-\(run * 8)\""
        let times = "\"start\":\"2026-01-01T12:00:00.\(100 + number % 800)Z\",\"duration_ms\":\(number % 900).5"
        let text =
            switch number % 8 {
            case 0:
                "{\"type\":\"request\",\"trace_id\":\"run-\(run)\",\"id\":\"s-\(number)\",\(times),\"agent\":{\"name\":\"support\",\"version\":\"1.4\"},\"user\":\"u-\(run)\",\"session\":\"c-\(run)\",\"entry_point\":\"chat\",\"input\":\"Where is my order? It was to come on Monday, and there is nothing here yet.\",\"output\":\"It arrives tomorrow.\",\"outcome\":\"success\"}"
            case 1, 4, 6:
                "{\"type\":\"model_call\",\(ids),\(times),\"provider\":\"openai\",\"model\":\"gpt-4o-mini\",\"response_model\":\"gpt-4o-mini-2024-07-18\",\"response_id\":\"resp-\(number)\",\"usage\":{\"input\":80,\"output\":27,\"cache_read\":40},\"parameters\":{\"temperature\":0.2,\"max_tokens\":500},\"finish_reasons\":[\"stop\"],\"ttft_ms\":180,\"attributes\":{\"shop.order\":\"o-\(number)\",\"shop.cell\":7}}"
            case 2, 5:
                "{\"type\":\"tool_call\",\(ids),\(times),\"tool\":\"orders\",\"version\":\"2.1\",\"kind\":\"database\",\"call_id\":\"call_\(number)\",\"arguments\":{\"order\":\"o-\(number)\",\"fields\":[\"due\",\"state\"]},\"result\":{\"due\":\"Monday\",\"state\":\"sent\"},\"endpoint\":\"https://orders.example.com/v1\",\"status\":\"ok\",\"attributes\":{\"shop.order\":\"o-\(number)\"}}"
            default:
                "{\"type\":\"step\",\(ids),\(times),\"step_type\":\"planning\",\"prompt\":{\"name\":\"plan\",\"version\":\"7\",\"variables\":{\"tone\":\"kind\"}},\"output\":{\"tools\":[\"orders\",\"refunds\"],\"why\":\"the customer asks for the state of an order\"},\"attributes\":{\"shop.order\":\"o-\(number)\"}}"
            }
        return Array(text.utf8)
    }
}

let chosen = CommandLine.arguments.dropFirst().first
if chosen != "open" {
    let sample = lines(4000)
    func decode() -> AgentEventOutput {
        var intake = AgentEventIntake()
        var batch = AgentEventBatch(tenant: "", now: now, options: options)
        for (place, line) in sample.enumerated() { batch.add(line, number: place + 1, &intake) }
        return batch.finish(&intake)
    }
    let output = decode()
    precondition(output.acceptedLines == sample.count, "\(output.refusals.first?.text ?? "")")
    row("decoded to OTLP", best(9) { _ = decode() }, sample)
    row("decoded and understood", best(9) { _ = understand(decode().spans, signal: .traces, options: options) }, sample)

    if chosen == "lines" { exit(0) }

    // JSON alone, every value found.
    row(
        "JSON: our outline",
        best(9) {
            var outline = JSONOutline()
            for line in sample { _ = outline.read(line, line.indices) }
        },
        sample
    )
    row(
        "JSON: our scanner",
        best(9) {
            for line in sample {
                var scanner = JSONScanner(line)
                while let token = try? scanner.next(), token != .end {}
            }
        },
        sample
    )
    let data = sample.map { Data($0) }
    row("JSON: Foundation's JSONSerialization", best(3) { for line in data { _ = try? JSONSerialization.jsonObject(with: line) } }, sample)
}

/// Spans that are begun and not ended, in the receiver's table and in the deriver's: how many stay open, and what they take.
func measureOpen(_ count: Int) {
    let before = residentBytes()
    var intake = AgentEventIntake()
    var table = OpenSpans(abandonAfter: .max / 2, grace: .max / 2)
    var closed = ClosedSpans()
    var peak = 0
    for block in 0..<count / 1000 {
        var batch = AgentEventBatch(tenant: "", now: now, options: options)
        for number in 0..<1000 {
            let name = block * 1000 + number
            let line =
                "{\"type\":\"tool_call\",\"phase\":\"start\",\"trace_id\":\"run-\(name / 8)\",\"id\":\"s-\(name)\",\"parent_id\":\"p-\(name / 8)\",\"start\":\"2026-01-01T12:00:00Z\",\"tool\":\"orders\",\"arguments\":{\"order\":\"o-\(name)\"}}"
            batch.add(Array(line.utf8), number: number, &intake)
        }
        table.take(batch.finish(&intake).parts, tenant: "", received: now, &closed)
        peak = max(peak, residentBytes())
    }
    print(
        "\(count) spans begun, \(intake.openCount) open: \((peak - before) >> 20) MiB at most, of which \(table.bytes >> 20) MiB are counted"
    )
    let start = processorSeconds()
    let checkpoint = table.checkpoint
    print("their checkpoint: \(checkpoint.count >> 20) MiB in \(Int((processorSeconds() - start) * 1000)) ms")
}
measureOpen(chosen == "open" ? CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 100_000 : 100_000)
