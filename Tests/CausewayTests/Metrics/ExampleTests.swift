import CausewayModel
import CausewayPlatform
import CausewaySemantics
import Testing

@testable import Causeway

/// The dashboards and rules in `examples/` speak of metrics and labels that there are.
struct ExampleTests {
    private static let root = String(#filePath.prefix(#filePath.count - "Tests/CausewayTests/Metrics/ExampleTests.swift".count))

    private static func text(_ path: String) throws -> String {
        String(decoding: try Files.read(root + path, limit: 1 << 20), as: UTF8.self)
    }

    /// As they are scraped, and as Prometheus makes them of what is pushed.
    private static func metricNames() throws -> Set<String> {
        var names: Set<String> = []
        let own = try text("Sources/Causeway/Telemetry/SelfTelemetry.swift").matches(of: /"(causeway_[a-z_]+)"/).map { String($0.output.1) }
        for name in own + DerivedMetric.allCases.map(\.prometheusName) {
            names.formUnion([name, name + "_bucket", name + "_sum", name + "_count"])
        }
        return names
    }

    private static func labelNames() throws -> Set<String> {
        let attributes = MetricAttribute.allCases.map { String($0.key.map { $0 == "." ? "_" : $0 }) }
        let own = try text("Sources/Causeway/Health.swift").matches(of: /"([a-z_]+)":/).map { String($0.output.1) }
        return Set(attributes + own + ["reason", "rule", "instance", "le", "service_name"])
    }

    private static func check(_ query: String, _ place: String) throws {
        let (metrics, labels) = (try metricNames(), try labelNames())
        // What stands in braces and behind `by` are labels; what is quoted is a value.
        var rest = query.replacing(/"[^"]*"/, with: "\"\"").replacing(/\[[^\]]*\]/, with: "")
        for match in rest.matches(of: /\{([^}]*)\}/) {
            for label in match.output.1.matches(of: /([a-z_]+)\s*(=~|!=|!~|=)/) {
                #expect(labels.contains(String(label.output.1)), "\(place): label \(label.output.1)")
            }
        }
        rest.replace(/\{[^}]*\}/, with: "")
        for match in rest.matches(of: /label_values\([^,]*,\s*([a-z_]+)\s*\)/) {
            #expect(labels.contains(String(match.output.1)), "\(place): label \(match.output.1)")
        }
        rest.replace(/,\s*[a-z_]+\s*\)/, with: ")")
        for match in rest.matches(of: /\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/) {
            for label in match.output.1.split(whereSeparator: { ", ".contains($0) }) {
                #expect(labels.contains(String(label)), "\(place): label \(label)")
            }
        }
        rest.replace(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/, with: "")
        let recorded = try text("examples/alerts/causeway.yaml").matches(of: /record: (\S+)/).map { String($0.output.1) }
        for record in recorded { rest.replace(record, with: "") }
        let used = rest.matches(of: /\b(?:causeway|gen_ai)_[a-z_0-9]+/).map { String($0.output) }
        #expect(!used.isEmpty || recorded.contains { query.contains($0) }, "\(place): \(query)")
        for name in used { #expect(metrics.contains(name), "\(place): \(name)") }
    }

    @Test func `no metric of the bridge itself has the name of a derived one`() throws {
        let own = try Self.text("Sources/Causeway/Telemetry/SelfTelemetry.swift").matches(of: /"(causeway_[a-z_]+)"/)
        #expect(own.count > 30)
        #expect(Set(own.map { String($0.output.1) }).isDisjoint(with: DerivedMetric.allCases.map(\.prometheusName)))
    }

    @Test(arguments: ["pipeline", "agents", "tools", "cost"])
    func `a dashboard can be loaded, and asks for metrics that there are`(name: String) throws {
        let path = "examples/grafana/\(name).json"
        let board = try JSONValue(parsing: [UInt8](try Self.text(path).utf8))
        for key in ["title", "uid", "schemaVersion", "panels", "templating", "time", "refresh", "tags"] {
            #expect(board[key] != nil, "\(key)")
        }
        let variables = board["templating"]?["list"]?.array ?? []
        #expect(variables.contains { $0["name"] == .string("datasource") && $0["type"] == .string("datasource") })
        let panels = board["panels"]?.array ?? []
        #expect(panels.count >= 8)
        var ids: [JSONValue] = []
        var places: [[Int]] = []
        for panel in panels {
            let title = "\(path): \(panel["title"].map { "\($0)" } ?? "?")"
            for key in ["id", "type", "title", "gridPos", "targets", "datasource", "fieldConfig", "options"] {
                #expect(panel[key] != nil, "\(title): \(key)")
            }
            #expect(panel["datasource"]?["uid"] == .string("${datasource}"), "\(title)")
            if let id = panel["id"] { ids.append(id) }
            let place = ["x", "y", "w", "h"].compactMap { panel["gridPos"]?[$0]?.integer }.map { Int($0) }
            #expect(place.count == 4 && place[0] + place[2] <= 24, "\(title)")
            for other in places {
                let isApart =
                    place[0] + place[2] <= other[0] || other[0] + other[2] <= place[0] || place[1] + place[3] <= other[1]
                    || other[1] + other[3] <= place[1]
                #expect(isApart, "\(title) lies over another")
            }
            places.append(place)
            for target in panel["targets"]?.array ?? [] {
                guard case .string(let query)? = target["expr"] else { return #expect(Bool(false), "\(title): no query") }
                #expect(target["datasource"]?["uid"] == .string("${datasource}") && target["refId"] != nil, "\(title)")
                try Self.check(query, title)
            }
        }
        #expect(Set(ids.map { "\($0)" }).count == ids.count)
        for variable in variables {
            guard case .string(let query)? = variable["definition"] else { continue }
            let parts = try #require(query.firstMatch(of: /^label_values\((\w+), (\w+)\)$/)?.output)
            try Self.check("sum by (\(parts.2)) (\(parts.1))", path)
        }
    }

    @Test func `the rules ask for metrics that there are, and every alert has a test`() throws {
        let rules = try Self.text("examples/alerts/causeway.yaml")
        let tests = try Self.text("examples/alerts/causeway_test.yaml")
        let queries = rules.matches(of: /expr: (?:\|\n((?: {10,}.*\n)+)|(.*)\n)/).map { String($0.output.1 ?? $0.output.2 ?? "") }
        #expect(queries.count == rules.matches(of: /expr:/).count && queries.count >= 14)
        for query in queries { try Self.check(query.replacing("\n", with: " "), "rules") }
        for match in rules.matches(of: /alert: (\w+)/) {
            #expect(tests.contains("alertname: \(match.output.1)\n        exp_alerts"), "\(match.output.1) has no test")
        }
    }
}
