@testable import CausewaySemantics

extension FuzzTarget {
    /// JSON and what Python shows of values: whatever has an outline is walked to its end, and what is made from it is JSON.
    static let values = FuzzTarget(name: "values", seeds: { texts }) { bytes in
        if let outline = JSONOutline(bytes) {
            var visited = 0
            try walk(outline, 0, &visited)
            var hash = CallHash(CallKey(1, 2))
            let name: [UInt8] = [0x66]
            try promise(
                hash.hash(name[...], bytes, bytes.indices) == hash.hash(name[...], bytes, bytes.indices),
                "another hash"
            )
        }
        if let json = PythonValue.json(bytes, bytes.indices) {
            try promise(JSONOutline(json) != nil, "Python that is no JSON")
        }
        if let json = PythonValue.members(of: "Call", bytes, bytes.indices) {
            try promise(JSONOutline(json) != nil, "members, no JSON")
        }
        var quoted: [UInt8] = []
        JSONEscapes.quote(bytes, bytes.indices, to: &quoted)
        guard let text = JSONOutline(quoted) else { throw BrokenPromise("quoted, and no JSON") }
        var back: [UInt8] = []
        text.text(0, to: &back)
        try promise(back == bytes, "quoted, and another text")
        _ = Moment.nanoseconds(String(decoding: bytes, as: UTF8.self))
    }

    private static func walk(_ outline: JSONOutline, _ node: Int, _ visited: inout Int) throws {
        visited += 1
        try promise(visited <= JSONOutline.nodeLimit, "more values than there are")
        _ = (outline.string(node), outline.integer(node), outline.double(node), outline.bool(node))
        var copy: [UInt8] = []
        outline.copy(node, to: &copy)
        try promise(JSONOutline(copy) != nil, "a value that is none by itself")
        var next = outline.firstChild(node)
        let isObject = outline.kind(node) == .object
        while let child = next {
            let value = isObject ? child + 1 : child
            try walk(outline, value, &visited)
            next = outline.next(value, in: node)
        }
    }

    private static let texts: [[UInt8]] = [
        #"{"a":[1,-2.5e3,true,null,"x\u00e9\n"],"b":{"c":{}}}"#, #"[[[[]]],"",{"":0}]"#,
        #"{'base': 'EUR', 'strict': True, 'note': None}"#,
        #"Call(name='x', count=1, inner=Call(a=[1, 2]))"#, "2026-01-02T03:04:05.678+01:00",
        #"{"isError":true,"content":[]}"#,
    ].map { Array($0.utf8) }
}
