/// Metric families in the text form that Prometheus reads (exposition format 0.0.4).
package enum PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// A family without samples is left out: its name alone tells nothing.
    package static func text(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families where !family.samples.isEmpty {
            text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n# TYPE \(family.name) \(family.kind.rawValue)\n"
            for sample in family.samples {
                text += family.name + sample.suffix
                if !sample.labels.isEmpty {
                    text += "{" + sample.labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
                }
                text += " \(sample.value.text)\n"
            }
        }
        return text
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// All samples of one metric name.
package struct MetricFamily: Equatable, Sendable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package var name: String
    package var kind: Kind
    package var help: String
    package var samples: [MetricSample] = []

    package init(_ name: String, _ kind: Kind, _ help: String, _ samples: [MetricSample] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// The same family with these samples.
    package func with(_ samples: [MetricSample]) -> MetricFamily { MetricFamily(name, kind, help, samples) }

    /// The same family with one sample without labels.
    package func with(_ value: MetricValue) -> MetricFamily { with([MetricSample(value)]) }
}

/// One number with its labels.
package struct MetricSample: Equatable, Sendable {
    package struct Label: Equatable, Sendable {
        package var name: String
        package var value: String
    }

    /// What a histogram puts behind the family's name: `_bucket`, `_sum`, `_count`.
    var suffix = ""
    package var labels: [Label]
    package var value: MetricValue

    package init(_ value: MetricValue, _ labels: KeyValuePairs<String, String> = [:]) {
        self.labels = labels.map { Label(name: $0.key, value: $0.value) }
        self.value = value
    }

    /// With labels that are put in the order of their names.
    package init(_ value: MetricValue, sorted labels: [String: String]) {
        self.labels = labels.sorted { $0.key < $1.key }.map { Label(name: $0.key, value: $0.value) }
        self.value = value
    }

    package init(_ count: Int, _ labels: KeyValuePairs<String, String>) { self.init(.integer(count), labels) }

    /// The samples of one histogram: `counts` are by bucket, each up to its bound, and one more beyond the last bound.
    package static func histogram(
        bounds: [Double],
        counts: [Int],
        sum: Double,
        _ labels: KeyValuePairs<String, String> = [:]
    ) -> [MetricSample] {
        histogram(bounds: bounds, counts: counts, sum: sum, labels: MetricSample(0, labels).labels)
    }

    static func histogram(bounds: [Double], counts: [Int], sum: Double, labels: [Label]) -> [MetricSample] {
        precondition(counts.count == bounds.count + 1)
        var samples: [MetricSample] = []
        var total = 0
        for (index, count) in counts.enumerated() {
            total += count
            var sample = MetricSample(.integer(total))
            sample.labels = labels
            sample.suffix = "_bucket"
            sample.labels.append(Label(name: "le", value: index < bounds.count ? MetricValue.number(bounds[index]).text : "+Inf"))
            samples.append(sample)
        }
        for (suffix, value) in [("_sum", MetricValue.number(sum)), ("_count", .integer(total))] {
            var sample = MetricSample(value)
            sample.labels = labels
            sample.suffix = suffix
            samples.append(sample)
        }
        return samples
    }
}

/// A number as it is kept: counts stay exact.
package enum MetricValue: Equatable, Sendable, ExpressibleByIntegerLiteral {
    case integer(Int)
    case number(Double)

    package init(integerLiteral value: Int) { self = .integer(value) }

    var text: String {
        switch self {
        case .integer(let value): return "\(value)"
        case .number(let value):
            if value.isNaN { return "NaN" }
            if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
            return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        }
    }
}
