internal import CCauseway
internal import CausewayModel

/// Metrics as structs of protobuf-c.
extension Arena {
    mutating func metric(_ metric: MetricRecord) -> UnsafeMutablePointer<Otlp__Metric> {
        let message = unsafe make(otlp__metric__init)
        unsafe message.pointee.name = text(metric.name)
        unsafe message.pointee.description = text(metric.description)
        unsafe message.pointee.unit = text(metric.unit)
        switch metric.data {
        case .gauge(let points):
            let gauge = unsafe make(otlp__gauge__init)
            unsafe (gauge.pointee.n_data_points, gauge.pointee.data_points) = list(points) { unsafe $0.point($1) }
            unsafe message.pointee.data_case = OTLP__METRIC__DATA_GAUGE
            unsafe message.pointee.gauge = gauge
        case .sum(let points, let temporality, let monotonic):
            let sum = unsafe make(otlp__sum__init)
            unsafe (sum.pointee.n_data_points, sum.pointee.data_points) = list(points) { unsafe $0.point($1) }
            unsafe sum.pointee.aggregation_temporality = self.temporality(temporality)
            unsafe sum.pointee.is_monotonic = monotonic ? 1 : 0
            unsafe message.pointee.data_case = OTLP__METRIC__DATA_SUM
            unsafe message.pointee.sum = sum
        case .histogram(let points, let temporality):
            let histogram = unsafe make(otlp__histogram__init)
            unsafe (histogram.pointee.n_data_points, histogram.pointee.data_points) = list(points) { unsafe $0.histogramPoint($1) }
            unsafe histogram.pointee.aggregation_temporality = self.temporality(temporality)
            unsafe message.pointee.data_case = OTLP__METRIC__DATA_HISTOGRAM
            unsafe message.pointee.histogram = histogram
        }
        return unsafe message
    }

    private func temporality(_ temporality: Temporality) -> Otlp__AggregationTemporality {
        Otlp__AggregationTemporality(rawValue: UInt32(temporality.rawValue))
    }

    private mutating func point(_ point: MetricPoint) -> UnsafeMutablePointer<Otlp__NumberDataPoint> {
        let message = unsafe make(otlp__number_data_point__init)
        unsafe (message.pointee.n_attributes, message.pointee.attributes) = attributes(point.attributes)
        unsafe message.pointee.start_time_unix_nano = point.startNanoseconds
        unsafe message.pointee.time_unix_nano = point.timeNanoseconds
        switch point.value {
        case .int(let value):
            unsafe message.pointee.value_case = OTLP__NUMBER_DATA_POINT__VALUE_AS_INT
            unsafe message.pointee.as_int = value
        case .double(let value):
            unsafe message.pointee.value_case = OTLP__NUMBER_DATA_POINT__VALUE_AS_DOUBLE
            unsafe message.pointee.as_double = value
        }
        return unsafe message
    }

    private mutating func histogramPoint(_ point: HistogramPoint) -> UnsafeMutablePointer<Otlp__HistogramDataPoint> {
        let message = unsafe make(otlp__histogram_data_point__init)
        unsafe (message.pointee.n_attributes, message.pointee.attributes) = attributes(point.attributes)
        unsafe message.pointee.start_time_unix_nano = point.startNanoseconds
        unsafe message.pointee.time_unix_nano = point.timeNanoseconds
        unsafe message.pointee.count = point.count
        if let sum = point.sum {
            unsafe message.pointee.sum_presence_case = OTLP__HISTOGRAM_DATA_POINT__SUM_PRESENCE_SUM
            unsafe message.pointee.sum = sum
        }
        if let min = point.min {
            unsafe message.pointee.min_presence_case = OTLP__HISTOGRAM_DATA_POINT__MIN_PRESENCE_MIN
            unsafe message.pointee.min = min
        }
        if let max = point.max {
            unsafe message.pointee.max_presence_case = OTLP__HISTOGRAM_DATA_POINT__MAX_PRESENCE_MAX
            unsafe message.pointee.max = max
        }
        unsafe message.pointee.n_bucket_counts = point.bucketCounts.count
        unsafe message.pointee.bucket_counts = numbers(point.bucketCounts)
        unsafe message.pointee.n_explicit_bounds = point.bounds.count
        unsafe message.pointee.explicit_bounds = numbers(point.bounds)
        return unsafe message
    }
}
