/// What is known about some of the spans of a trace, by their places: found without hashing, and in no time where nothing is known.
struct PlaceMap<Value> {
    /// By place: where it is among the entries, counted from 1; 0 for none.
    private var numbers: [Int32] = []
    /// In the order in which they were first told.
    private(set) var entries: [(place: Int, value: Value)] = []

    var isEmpty: Bool { entries.isEmpty }

    /// Forgets everything. Places are below `count` from here on.
    mutating func reset(_ count: Int) {
        for entry in entries { numbers[entry.place] = 0 }
        entries.removeAll(keepingCapacity: true)
        if numbers.count < count { numbers += [Int32](repeating: 0, count: count - numbers.count) }
    }

    func has(_ place: Int) -> Bool { !entries.isEmpty && numbers[place] != 0 }

    subscript(place: Int) -> Value? {
        guard has(place) else { return nil }
        return entries[Int(numbers[place]) - 1].value
    }

    /// What is known about it, or this from now on.
    subscript(place: Int, default value: @autoclosure () -> Value) -> Value {
        get { self[place] ?? value() }
        _modify {
            if numbers[place] == 0 {
                entries.append((place, value()))
                numbers[place] = Int32(entries.count)
            }
            yield &entries[Int(numbers[place]) - 1].value
        }
    }

    mutating func set(_ place: Int, _ value: Value) {
        guard numbers[place] == 0 else {
            entries[Int(numbers[place]) - 1].value = value
            return
        }
        entries.append((place, value))
        numbers[place] = Int32(entries.count)
    }

    /// Puts something else in place of each; nothing is known any more where that is nil.
    mutating func replaceAll(_ other: (Int, Value) -> Value?) {
        let old = entries
        reset(0)
        for (place, value) in old {
            if let value = other(place, value) { set(place, value) }
        }
    }
}

/// Some of the spans of a trace, by their places.
struct PlaceSet {
    private var flags: [Bool] = []
    private(set) var places: [Int] = []

    var isEmpty: Bool { places.isEmpty }

    /// Forgets everything. Places are below `count` from here on.
    mutating func reset(_ count: Int) {
        for place in places { flags[place] = false }
        places.removeAll(keepingCapacity: true)
        if flags.count < count { flags += [Bool](repeating: false, count: count - flags.count) }
    }

    func contains(_ place: Int) -> Bool { !places.isEmpty && flags[place] }

    /// False if it was there.
    @discardableResult
    mutating func insert(_ place: Int) -> Bool {
        guard !flags[place] else { return false }
        flags[place] = true
        places.append(place)
        return true
    }
}
