/// Rows of words in columns, for people.
struct TextTable {
    private var rows: [[String]]
    /// Columns of numbers stand to the right.
    private let rightColumns: Set<Int>

    init(_ header: [String], right: Set<Int> = []) {
        rows = [header]
        rightColumns = right
    }

    mutating func add(_ row: [String]) { rows.append(row.map(LogText.harmless)) }

    var isEmpty: Bool { rows.count == 1 }

    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return rightColumns.contains(column) ? padding + cell : cell + padding
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }
}
