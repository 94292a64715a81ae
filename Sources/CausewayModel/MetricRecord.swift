/// A metric that Causeway itself makes, with its data points.
package struct MetricRecord: Hashable, Sendable {
    package var name: String
    package var description: String
    /// A unit code of UCUM.
    package var unit: String
    package var data: Data

    /// What kind of metric it is.
    package enum Data: Hashable, Sendable {
        case gauge([MetricPoint])
        case sum([MetricPoint], temporality: Temporality, monotonic: Bool)
        case histogram([HistogramPoint], temporality: Temporality)
    }

    package init(name: String, description: String = "", unit: String = "", data: Data) {
        self.name = name
        self.description = description
        self.unit = unit
        self.data = data
    }
}

/// What time a point's value covers; the numbers are OTLP's.
package enum Temporality: Int32, CaseIterable, Sendable {
    case unspecified, delta, cumulative
}

/// A number with a sign and, if it was measured so, a fraction.
package enum MetricNumber: Hashable, Sendable {
    case int(Int64)
    case double(Double)
}

/// A point of a gauge or a sum.
package struct MetricPoint: Hashable, Sendable {
    package var attributes: [Attribute]
    /// Where the interval begins; 0 for a gauge.
    package var startNanoseconds: UInt64
    package var timeNanoseconds: UInt64
    package var value: MetricNumber

    package init(attributes: [Attribute] = [], startNanoseconds: UInt64 = 0, timeNanoseconds: UInt64, value: MetricNumber) {
        self.attributes = attributes
        self.startNanoseconds = startNanoseconds
        self.timeNanoseconds = timeNanoseconds
        self.value = value
    }
}

/// A point of a histogram with explicit bounds.
package struct HistogramPoint: Hashable, Sendable {
    package var attributes: [Attribute]
    package var startNanoseconds: UInt64
    package var timeNanoseconds: UInt64
    package var count: UInt64
    package var sum: Double?
    package var min: Double?
    package var max: Double?
    /// One more than `bounds`; bucket i ends at bound i and includes it.
    package var bucketCounts: [UInt64]
    package var bounds: [Double]

    package init(
        attributes: [Attribute] = [],
        startNanoseconds: UInt64,
        timeNanoseconds: UInt64,
        count: UInt64,
        sum: Double? = nil,
        min: Double? = nil,
        max: Double? = nil,
        bucketCounts: [UInt64] = [],
        bounds: [Double] = []
    ) {
        self.attributes = attributes
        self.startNanoseconds = startNanoseconds
        self.timeNanoseconds = timeNanoseconds
        self.count = count
        self.sum = sum
        self.min = min
        self.max = max
        self.bucketCounts = bucketCounts
        self.bounds = bounds
    }
}
