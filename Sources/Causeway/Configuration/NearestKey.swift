/// The word that was probably meant: the nearest by edit distance, if it is near at all.
func nearest(to word: String, among candidates: [String]) -> String? {
    let limit = max(1, min(3, word.count / 3 + 1))
    let ranked = candidates.map { (word: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
    return best.word
}

/// How many insertions, removals, replacements and swaps of neighbours turn one word into the other.
func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.prefix(100))
    let right = Array(right.prefix(100))
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 0..<left.count {
        var current = [row + 1]
        for column in 0..<right.count {
            let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
            var best = min(replaced, min(last[column + 1], current[column]) + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                best = min(best, beforeLast[column - 1] + 1)
            }
            current.append(best)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
