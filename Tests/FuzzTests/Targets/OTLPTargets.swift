import CausewayModel
import CausewayOTLP

extension FuzzTarget {
    /// A request in protobuf: what is admitted is valid, and admitted again as it is.
    static let protobuf = FuzzTarget(name: "protobuf", seeds: { try requests(".pb") }) { bytes in
        for signal in Signal.allCases {
            guard let admitted = try? admit(bytes, signal: signal) else { continue }
            guard let again = try? admit(admitted.payload, signal: signal) else { throw BrokenPromise("admitted, then refused") }
            try promise(again.payload == admitted.payload && again.items == admitted.items && again.refused == 0, "admitted, and not valid")
        }
    }

    /// A request in JSON: what is read is admitted.
    static let json = FuzzTarget(name: "json", seeds: { try requests(".json") }) { bytes in
        for signal in Signal.allCases {
            guard let decoded = try? OTLPJSON.protobuf(fromJSON: bytes, signal: signal) else { continue }
            try promise((try? admit(decoded.payload, signal: signal)) != nil, "read, then refused")
        }
    }

    /// Small ones first of all, and one with every field there is.
    @Sendable private static func requests(_ ending: String) throws -> [[UInt8]] {
        try fixtures("otlp-json", ending: ending)
            + fixtures(
                "corpus/openllmetry-mcp",
                "corpus/otel-openai-v2",
                "corpus/claude-code",
                "corpus/claude-code-json",
                ending: ending,
                atMost: 4 << 10
            )
    }
}
