/// The numbers that the bridge tells about itself: their names, kinds and meanings. Operators build alerts on these names.
package enum SelfTelemetry {
    // Requests and items on their way in.
    package static let requests = MetricFamily("causeway_requests_total", .counter, "Requests received, by signal.")
    package static let receivedBytes = MetricFamily(
        "causeway_received_bytes_total",
        .counter,
        "Bytes of request bodies as they came over the wire."
    )
    package static let refusedRequests = MetricFamily(
        "causeway_refused_requests_total",
        .counter,
        "Requests refused before decoding, by reason."
    )
    package static let decodedItems = MetricFamily(
        "causeway_decoded_items_total",
        .counter,
        "Items (spans, data points, log records) in decoded requests."
    )
    package static let refusedItems = MetricFamily(
        "causeway_refused_items_total",
        .counter,
        "Decoded items that were not stored, by reason; the sender was told."
    )
    package static let repeatedItems = MetricFamily(
        "causeway_repeated_items_total",
        .counter,
        "Decoded items that another bridge sent again and that were stored already."
    )
    package static let repairedStrings = MetricFamily(
        "causeway_repaired_strings_total",
        .counter,
        "Strings that were not UTF-8 and were repaired."
    )
    package static let understoodItems = MetricFamily(
        "causeway_understood_items_total",
        .counter,
        "Items in which an agent's dialect was recognised, by dialect."
    )
    package static let unboundedAttributes = MetricFamily(
        "causeway_unbounded_attributes_total",
        .counter,
        "Attributes left out of an agent's metrics because every call has another value."
    )
    package static let openAgentSpans = MetricFamily(
        "causeway_open_agent_spans",
        .gauge,
        "Spans of agent events that have begun and not ended."
    )
    package static let openAgentSpanBytes = MetricFamily(
        "causeway_open_agent_span_bytes",
        .gauge,
        "What spans of agent events that are open hold, about."
    )
    package static let pricedCalls = MetricFamily("causeway_priced_calls_total", .counter, "Calls of models that a table had a price for.")
    package static let unpricedCalls = MetricFamily(
        "causeway_calls_without_price_total",
        .counter,
        "Calls of models that have no price, by provider, model and reason."
    )
    package static let invalidUsage = MetricFamily(
        "causeway_invalid_usage_total",
        .counter,
        "Items whose token counts contradict each other, or are none."
    )
    package static let pricedModels = MetricFamily("causeway_price_table_models", .gauge, "Models in the tables of prices, by table.")
    package static let priceTableLoads = MetricFamily(
        "causeway_price_table_loads_total",
        .counter,
        "Times that the file of prices was read, by result."
    )
    package static let openConnections = MetricFamily("causeway_open_connections", .gauge, "Connections open at the receiver.")

    // The log.
    package static let appendedItems = MetricFamily("causeway_appended_items_total", .counter, "Items made durable in the log.")
    package static let spoolBytes = MetricFamily("causeway_spool_bytes", .gauge, "Bytes that the spool occupies on disk.")
    package static let spoolLimitBytes = MetricFamily(
        "causeway_spool_limit_bytes",
        .gauge,
        "The most that the spool may occupy (spool.max_bytes)."
    )
    package static let spoolOldestSeconds = MetricFamily("causeway_spool_oldest_seconds", .gauge, "Age of the oldest frame in the log.")
    package static let maintenanceSeconds = MetricFamily(
        "causeway_maintenance_seconds_total",
        .counter,
        "Time spent writing sealed segments anew."
    )
    package static let compressedBytes = MetricFamily(
        "causeway_spool_compressed_bytes_total",
        .counter,
        "Bytes saved by compressing sealed segments."
    )
    package static let shedBytes = MetricFamily(
        "causeway_spool_shed_bytes_total",
        .counter,
        "Bytes saved by shedding message content (spool.when_full: shed_content)."
    )
    package static let reducedFrames = MetricFamily(
        "causeway_reduced_frames_total",
        .counter,
        "Stored frames whose message content was shed."
    )
    package static let memoryBytes = MetricFamily("causeway_memory_bytes", .gauge, "Bytes of telemetry in flight in memory.")
    package static let memoryLimitBytes = MetricFamily(
        "causeway_memory_limit_bytes",
        .gauge,
        "The most that may be in flight (memory.budget)."
    )

    // What traces mean.
    package static let settleSeconds = MetricFamily(
        "causeway_settle_lag_seconds",
        .gauge,
        "How long the oldest item waits that is not settled."
    )
    package static let settleTraces = MetricFamily("causeway_settle_traces", .gauge, "Traces that are known and may go on.")
    package static let settleBytes = MetricFamily("causeway_settle_bytes", .gauge, "Bytes of memory for them (settle.memory).")
    package static let notes = MetricFamily("causeway_notes_total", .counter, "Stored items on which something was noted.")
    package static let lateDecisions = MetricFamily(
        "causeway_late_decisions_total",
        .counter,
        "Notes on items that were settled already."
    )
    package static let settledEarly = MetricFamily(
        "causeway_settled_early_total",
        .counter,
        "Items settled before their time, for want of memory."
    )
    package static let redelivered = MetricFamily("causeway_redelivered_items_total", .counter, "Spans that came again.")
    package static let abandoned = MetricFamily(
        "causeway_abandoned_traces_total",
        .counter,
        "Traces whose root never came, and was made up."
    )
    package static let lostNotes = MetricFamily("causeway_lost_notes_total", .counter, "Notes that there was no room for on disk.")

    // What became of appended items, at each destination.
    package static let deliveredItems = MetricFamily("causeway_delivered_items_total", .counter, "Items that the destination took.")
    package static let rejectedItems = MetricFamily(
        "causeway_rejected_items_total",
        .counter,
        "Items that the destination refused for good."
    )
    package static let quarantinedItems = MetricFamily("causeway_quarantined_items", .gauge, "Items set aside for the operator.")
    package static let evictedItems = MetricFamily(
        "causeway_evicted_items_total",
        .counter,
        "Items given up before the destination had them, by reason."
    )
    package static let filteredItems = MetricFamily(
        "causeway_filtered_items_total",
        .counter,
        "Items that the configuration leaves out, by rule."
    )
    package static let foldedItems = MetricFamily(
        "causeway_folded_items_total",
        .counter,
        "Items that the destination has as part of others."
    )
    package static let pendingItems = MetricFamily("causeway_pending_items", .gauge, "Items that the destination does not have yet.")
    package static let beforeStartItems = MetricFamily("causeway_before_start_items_total", .counter, "Items older than the destination.")

    // Sending.
    package static let sendRequests = MetricFamily(
        "causeway_send_requests_total",
        .counter,
        "Requests sent to the destination, by outcome."
    )
    package static let sendRetries = MetricFamily("causeway_send_retries_total", .counter, "Requests that had to be sent again.")
    package static let sentBytes = MetricFamily("causeway_sent_bytes_total", .counter, "Bytes of request bodies sent, after compression.")
    package static let sendSeconds = MetricFamily(
        "causeway_send_duration_seconds",
        .histogram,
        "Time from the start of a request to its answer."
    )
    package static let lastSuccess = MetricFamily(
        "causeway_last_success_timestamp_seconds",
        .gauge,
        "When the destination last took something, in seconds since 1970."
    )

    // What is derived.
    package static let derivedSeries = MetricFamily(
        "causeway_derived_series",
        .gauge,
        "Series of metrics derived from what agents do."
    )
    package static let seriesOverflow = MetricFamily(
        "causeway_series_overflow_total",
        .counter,
        "Measurements without a series of their own (metrics.max_series), by the attribute with the most values."
    )

    // The process.
    package static let reloads = MetricFamily("causeway_reloads_total", .counter, "Configuration reloads, by result.")
    package static let lastReloadSuccessful = MetricFamily(
        "causeway_last_reload_successful",
        .gauge,
        "1 when the last reload was taken over, else 0."
    )
    package static let startTime = MetricFamily(
        "causeway_start_timestamp_seconds",
        .gauge,
        "When the process started, in seconds since 1970."
    )

    /// Always 1; the labels say what runs.
    package static func buildInformation() -> MetricFamily {
        MetricFamily("causeway_build_info", .gauge, "What is running; always 1.")
            .with([MetricSample(1, ["version": CausewayVersion.number, "commit": CausewayVersion.commit, "swift": CausewayVersion.swift])])
    }
}
