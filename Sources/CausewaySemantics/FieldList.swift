/// Fields in the order in which they became known, each once: so that a new item begins without asking for memory.
struct FieldList {
    private var fields = InlineArray<128, Field>(repeating: .operationName)
    private(set) var count = 0

    @inline(__always)
    subscript(place: Int) -> Field { fields[place] }

    @inline(__always)
    mutating func append(_ field: Field) {
        fields[count] = field
        count &+= 1
    }

    @inline(__always)
    mutating func removeAll() { count = 0 }

    mutating func remove(_ field: Field) {
        var kept = 0
        for place in 0..<count where fields[place] != field {
            fields[kept] = fields[place]
            kept += 1
        }
        count = kept
    }
}
