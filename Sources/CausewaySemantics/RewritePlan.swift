internal import CausewayOTLP

/// What changes in a request, found from its beginning to its end, so that it can be written anew in one go.
///
/// An item loses fields and gets new ones at its end; the scope of every item that changes gets a mark. All lengths are known before the
/// first byte is written, and every byte is copied once.
struct RewritePlan {
    private struct Item {
        var range: Range<Int>
        var contents: Range<Int>
        /// Where the fields that go lie in `drops`, and what is new in `added`.
        var drops: Range<Int>
        var added: Range<Int>
        var length: Int
    }

    private struct Entry {
        var range: Range<Int>
        var contents: Range<Int>
        /// Of a scope entry: its scope's field and contents. Empty at the beginning if there is none.
        var scopeField = 0..<0
        var scope = 0..<0
        /// Its items, or its scopes.
        var members = 0..<0
        var length = 0
    }

    private var items: [Item] = []
    private var scopes: [Entry] = []
    private var resources: [Entry] = []
    private var drops: [Range<Int>] = []
    private let mark: [UInt8]

    /// `mark`: what every scope with a changed item gets.
    init(mark: [UInt8]) { self.mark = mark }

    var isEmpty: Bool { items.isEmpty }

    mutating func begin(_ resource: ResourceEntryView) {
        resources.append(Entry(range: resource.range, contents: resource.contents, members: scopes.count..<scopes.count))
    }

    mutating func begin(_ scope: ScopeEntryView, _ field: Range<Int>?) {
        let start = scope.contents.lowerBound
        scopes.append(
            Entry(
                range: scope.range,
                contents: scope.contents,
                scopeField: field ?? start..<start,
                scope: scope.scope ?? start..<start,
                members: items.count..<items.count
            )
        )
    }

    /// An item without `drops`, which are in order, and with `new` at its end: a part of what is added at last.
    mutating func change(
        _ range: Range<Int>,
        _ contents: Range<Int>,
        _ drops: [Range<Int>],
        _ new: Range<Int>
    ) {
        var length = contents.count + new.count
        let first = self.drops.count
        var end = 0
        for drop in drops where drop.lowerBound >= end {
            self.drops.append(drop)
            length -= drop.count
            end = drop.upperBound
        }
        items.append(
            Item(
                range: range,
                contents: contents,
                drops: first..<self.drops.count,
                added: new,
                length: length
            )
        )
    }

    /// An item with other contents.
    mutating func replace(_ range: Range<Int>, _ contents: Range<Int>, _ new: Range<Int>) {
        change(range, contents, [contents], new)
    }

    mutating func endScope() {
        let last = scopes.count - 1
        guard scopes[last].members.lowerBound < items.count else {
            scopes.removeLast()
            return
        }
        scopes[last].members = scopes[last].members.lowerBound..<items.count
        var length = scopes[last].contents.count - scopes[last].scopeField.count
        length += WireWriter.length(field: 1, scopes[last].scope.count + mark.count)
        for item in items[scopes[last].members] { length += WireWriter.length(field: 2, item.length) - item.range.count }
        scopes[last].length = length
    }

    mutating func endResource() {
        let last = resources.count - 1
        guard resources[last].members.lowerBound < scopes.count else {
            resources.removeLast()
            return
        }
        resources[last].members = resources[last].members.lowerBound..<scopes.count
        var length = resources[last].contents.count
        for scope in scopes[resources[last].members] { length += WireWriter.length(field: 2, scope.length) - scope.range.count }
        resources[last].length = length
    }

    /// `added`: where the new parts lie.
    func applied(to payload: [UInt8], _ added: [UInt8]) -> [UInt8] {
        var output = WireWriter()
        output.reserve(payload.count + resources.reduce(0) { $0 + $1.length - $1.contents.count + 10 })
        var position = 0
        for resource in resources {
            output.append(position..<resource.range.lowerBound, of: payload)
            output.header(field: 1, resource.length)
            position = resource.contents.lowerBound
            for scope in scopes[resource.members] {
                output.append(position..<scope.range.lowerBound, of: payload)
                write(scope, of: payload, added, to: &output)
                position = scope.range.upperBound
            }
            output.append(position..<resource.contents.upperBound, of: payload)
            position = resource.range.upperBound
        }
        output.append(position..<payload.count, of: payload)
        return output.bytes
    }

    private func write(
        _ entry: Entry,
        of payload: [UInt8],
        _ added: [UInt8],
        to output: inout WireWriter
    ) {
        output.header(field: 2, entry.length)
        output.header(field: 1, entry.scope.count + mark.count)
        output.append(entry.scope, of: payload)
        output.append(mark)
        var position = entry.contents.lowerBound
        // The scope stands in front now, wherever it stood.
        func copy(to end: Int, _ output: inout WireWriter) {
            if position <= entry.scopeField.lowerBound, entry.scopeField.upperBound <= end {
                output.append(position..<entry.scopeField.lowerBound, of: payload)
                output.append(entry.scopeField.upperBound..<end, of: payload)
            } else {
                output.append(position..<end, of: payload)
            }
        }
        for item in items[entry.members] {
            copy(to: item.range.lowerBound, &output)
            output.header(field: 2, item.length)
            var inside = item.contents.lowerBound
            for drop in drops[item.drops] {
                output.append(inside..<drop.lowerBound, of: payload)
                inside = drop.upperBound
            }
            output.append(inside..<item.contents.upperBound, of: payload)
            output.append(item.added, of: added)
            position = item.range.upperBound
        }
        copy(to: entry.contents.upperBound, &output)
    }
}
