import Testing

@testable import Causeway

struct PrometheusTextTests {
    @Test func `families, samples and histograms have the form that Prometheus reads`() {
        let families = [
            SelfTelemetry.refusedRequests.with([MetricSample(3, ["reason": "too_large"]), MetricSample(0, ["reason": "no_room"])]),
            SelfTelemetry.spoolBytes.with(1_073_741_824),
            SelfTelemetry.deliveredItems,
            MetricFamily("causeway_test", .gauge, "A \\ and\na line.").with([
                MetricSample(.number(1.5), ["l": "a\"b\\c\nd"]), MetricSample(.number(.infinity)), MetricSample(.number(-.infinity)),
                MetricSample(.number(.nan)), MetricSample(.integer(.max)), MetricSample(.number(2)), MetricSample(.number(1e-7)),
            ]),
            SelfTelemetry.sendSeconds.with(
                MetricSample.histogram(bounds: [0.1, 1], counts: [2, 0, 1], sum: 3.25, ["destination": "a"])
            ),
        ]
        #expect(
            PrometheusText.text(families) == """
                # HELP causeway_refused_requests_total Requests refused before decoding, by reason.
                # TYPE causeway_refused_requests_total counter
                causeway_refused_requests_total{reason="too_large"} 3
                causeway_refused_requests_total{reason="no_room"} 0
                # HELP causeway_spool_bytes Bytes that the spool occupies on disk.
                # TYPE causeway_spool_bytes gauge
                causeway_spool_bytes 1073741824
                # HELP causeway_test A \\\\ and\\na line.
                # TYPE causeway_test gauge
                causeway_test{l="a\\"b\\\\c\\nd"} 1.5
                causeway_test +Inf
                causeway_test -Inf
                causeway_test NaN
                causeway_test 9223372036854775807
                causeway_test 2
                causeway_test 1e-07
                # HELP causeway_send_duration_seconds Time from the start of a request to its answer.
                # TYPE causeway_send_duration_seconds histogram
                causeway_send_duration_seconds_bucket{destination="a",le="0.1"} 2
                causeway_send_duration_seconds_bucket{destination="a",le="1"} 2
                causeway_send_duration_seconds_bucket{destination="a",le="+Inf"} 3
                causeway_send_duration_seconds_sum{destination="a"} 3.25
                causeway_send_duration_seconds_count{destination="a"} 3

                """
        )
    }

    @Test func `the build tells what it is`() {
        let text = PrometheusText.text([SelfTelemetry.buildInformation()])
        #expect(text.contains("causeway_build_info{version=\"\(CausewayVersion.number)\",commit=\""))
        #expect(text.hasSuffix("} 1\n"))
    }
}
