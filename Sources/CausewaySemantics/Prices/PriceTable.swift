/// What models cost by one source: a published file, or what is built in.
///
/// All texts lie in one array and all lists of all models in one each, so that thousands of models take some hundred kilobytes.
package struct PriceTable: Sendable {
    /// What it is called in `causeway.cost.source`.
    package var name: String
    /// Of which day it is, as `2026-11-22`; empty if that is not known.
    package var date: String
    /// What was wrong with parts of it, each part once; they were left out.
    package private(set) var warnings: [String] = []
    /// How many things were left out, also beyond the warnings kept.
    package private(set) var warningCount = 0

    struct Model: Sendable {
        var nameStart: UInt32
        var nameCount: UInt16
        /// Its provider's number in `providers`.
        var provider: UInt16
        var sheetStart: UInt32
        var sheetCount: UInt8
        /// The threshold counts as exceeded when it is reached.
        var isThresholdInclusive = false
        /// In `factors`; 0 is none.
        var factors: UInt16 = 0
    }

    /// Prices that hold together.
    struct Sheet: Sendable {
        var cellStart: UInt32
        var cellCount: UInt16
        /// In `conditions`; 0 is always.
        var condition: UInt16 = 0
        var kind = Kind.whole

        enum Kind: UInt8, Sendable {
            /// All there is while it holds: the last one that holds counts.
            case whole
            /// Replaces single prices of the whole one, at every threshold and tier.
            case overlay
        }
    }

    struct Cell: Sendable {
        var unit: PriceUnit
        var tier: ServiceTier
        /// Tokens of input beyond which it holds.
        var threshold: UInt32
        /// In `prices`.
        var price: UInt32
    }

    /// How the models of one provider are found where a table has rules for it.
    struct ProviderRules: Sendable {
        var id: String
        var host: NamePattern?
        var providerMatch: NameClause?
        var modelMatch: NameClause?
        var fallbacks: [String] = []
        /// In the order in which they are tried.
        var models: [(clause: NameClause, model: Int)] = []
    }

    private(set) var texts: [UInt8] = []
    private(set) var models: [Model] = []
    private(set) var sheets: [Sheet] = []
    private(set) var cells: [Cell] = []
    private(set) var prices: [Dollars] = []
    private(set) var conditions: [PriceCondition] = [PriceCondition()]
    private(set) var factors: [PriceFactors] = [PriceFactors()]
    private(set) var providers: [String] = []
    /// Empty where models are found by their names alone.
    var rules: [ProviderRules] = []
    /// By hash: the model's number plus one.
    private var index: [UInt32] = []

    /// How many models there is room for, and for how many there was none.
    private let maxModels: Int
    private var leftOut = 0

    // Only while it is being read.
    private var priceNumbers: [Dollars: UInt32] = [:]
    private var conditionNumbers: [PriceCondition: UInt16] = [:]
    private var factorNumbers: [PriceFactors: UInt16] = [:]
    private var providerNumbers: [String: UInt16] = [:]

    package init(name: String, date: String, maxModels: Int = PriceTable.maxModels) {
        self.name = name
        self.date = date
        self.maxModels = maxModels
    }

    package var modelCount: Int { models.count }

    /// The value of `causeway.cost.source`.
    package var source: String { date.isEmpty ? "table:\(name)" : "table:\(name)@\(date)" }

    func name(of model: Int) -> String {
        let start = Int(models[model].nameStart)
        return String(decoding: texts[start..<start + Int(models[model].nameCount)], as: UTF8.self)
    }

    func provider(of model: Int) -> String { providers[Int(models[model].provider)] }

    /// How many bytes it takes.
    package var byteCount: Int {
        let lists =
            texts.capacity + models.capacity * MemoryLayout<Model>.stride + sheets.capacity * MemoryLayout<Sheet>.stride + cells.capacity
            * MemoryLayout<Cell>.stride
        let shared = prices.capacity * MemoryLayout<Dollars>.stride + conditions.capacity * MemoryLayout<PriceCondition>.stride
        let found = index.capacity * 4 + rules.reduce(0) { $0 + $1.models.reduce(0) { $0 + $1.clause.byteCount + 16 } }
        return lists + shared + found
    }
}

// Reading one.
extension PriceTable {
    /// One price on its way into the table.
    struct NewCell {
        var unit: PriceUnit
        var tier = ServiceTier.standard
        var threshold: UInt32 = 0
        var price: Dollars
    }

    struct NewSheet {
        var cells: [NewCell]
        var condition = PriceCondition()
        var kind = Sheet.Kind.whole
    }

    /// More models, and prices of all of them, than any table has: so that a table takes tens of megabytes, whatever its file is like.
    package static let maxModels = 200_000
    static let maxCells = 2_000_000
    /// More than there are units, tiers and thresholds.
    static let maxCellsOfSheet = 1000
    private static let maxWarnings = 20

    mutating func warn(_ text: String) {
        warningCount += 1
        if warnings.count < Self.maxWarnings { warnings.append(text) }
    }

    /// Adds a model and says its number; nil if there is no room for it.
    mutating func add(
        _ name: [UInt8],
        provider: String,
        _ newSheets: [NewSheet],
        _ newFactors: PriceFactors = PriceFactors(),
        isThresholdInclusive: Bool = false
    ) -> Int? {
        guard models.count < maxModels, cells.count < Self.maxCells else {
            if leftOut == 0 { warn("model \(models.count + 1) and all behind it: more than fit into a table") } else { warningCount += 1 }
            leftOut += 1
            return nil
        }
        guard name.count <= 512, newSheets.count <= 200, newSheets.allSatisfy({ $0.cells.count <= Self.maxCellsOfSheet }) else {
            warn("model \(models.count + 1): too long a name, or too many prices")
            return nil
        }
        guard let provider = Self.number(of: provider, &providers, &providerNumbers) else {
            warn("\(String(decoding: name.prefix(80), as: UTF8.self)): too many providers")
            return nil
        }
        var model = Model(
            nameStart: UInt32(texts.count),
            nameCount: UInt16(name.count),
            provider: provider,
            sheetStart: UInt32(sheets.count),
            sheetCount: UInt8(newSheets.count),
            isThresholdInclusive: isThresholdInclusive
        )
        for sheet in newSheets {
            guard let condition = sheet.condition == PriceCondition() ? 0 : Self.number(of: sheet.condition, &conditions, &conditionNumbers)
            else { continue }
            sheets.append(
                Sheet(cellStart: UInt32(cells.count), cellCount: UInt16(sheet.cells.count), condition: condition, kind: sheet.kind)
            )
            for cell in sheet.cells {
                cells.append(Cell(unit: cell.unit, tier: cell.tier, threshold: cell.threshold, price: number(of: cell.price)))
            }
        }
        model.sheetCount = UInt8(sheets.count - Int(model.sheetStart))
        if !newFactors.isNone { model.factors = Self.number(of: newFactors, &factors, &factorNumbers) ?? 0 }
        texts += name
        models.append(model)
        return models.count - 1
    }

    private mutating func number(of price: Dollars) -> UInt32 {
        if let known = priceNumbers[price] { return known }
        prices.append(price)
        priceNumbers[price] = UInt32(prices.count - 1)
        return UInt32(prices.count - 1)
    }

    private static func number<Value: Hashable>(of value: Value, _ list: inout [Value], _ numbers: inout [Value: UInt16]) -> UInt16? {
        if let known = numbers[value] { return known }
        guard list.count <= UInt16.max else { return nil }
        list.append(value)
        let number = UInt16(list.count - 1)
        numbers[value] = number
        return number
    }

    /// Makes what is needed to find models by name; of two with one name the later one counts.
    mutating func finish() {
        (priceNumbers, conditionNumbers, factorNumbers, providerNumbers) = ([:], [:], [:], [:])
        var size = 16
        while size < models.count * 2 { size *= 2 }
        index = [UInt32](repeating: 0, count: size)
        for (number, model) in models.enumerated() {
            let range = Int(model.nameStart)..<Int(model.nameStart) + Int(model.nameCount)
            var place = Self.hash(texts, range) & (size - 1)
            while index[place] != 0, !hasName(Int(index[place]) - 1, texts[range]) { place = (place + 1) & (size - 1) }
            index[place] = UInt32(number + 1)
        }
        texts = Array(texts)
        models = Array(models)
        sheets = Array(sheets)
        cells = Array(cells)
        prices = Array(prices)
    }

    /// The model whose name is exactly this, in lower case.
    func model(named name: String) -> Int? {
        guard !index.isEmpty else { return nil }
        let bytes = Array(name.utf8)
        var place = Self.hash(bytes, bytes.indices) & (index.count - 1)
        while index[place] != 0 {
            if hasName(Int(index[place]) - 1, bytes[...]) { return Int(index[place]) - 1 }
            place = (place + 1) & (index.count - 1)
        }
        return nil
    }

    private func hasName(_ model: Int, _ name: ArraySlice<UInt8>) -> Bool {
        let start = Int(models[model].nameStart)
        return name.count == Int(models[model].nameCount) && texts[start..<start + name.count].elementsEqual(name)
    }

    private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}

// Prices of a model.
extension PriceTable {
    /// Which of a model's prices hold for a call.
    struct Standing {
        var sheet: Sheet
        var overlays: [Sheet] = []
        /// What of the conditions is worth saying.
        var words: [String] = []
    }

    /// The sheets that hold; nil if none does.
    func standing(_ model: Int, seconds: Int64, input: Int64, tier: ServiceTier) -> Standing? {
        let entry = models[model]
        let range = Int(entry.sheetStart)..<Int(entry.sheetStart) + Int(entry.sheetCount)
        var whole: Sheet?
        var overlays: [Sheet] = []
        for number in range {
            let sheet = sheets[number]
            guard sheet.condition == 0 || conditions[Int(sheet.condition)].holds(seconds: seconds, input: input, tier: tier) else {
                continue
            }
            if sheet.kind == .whole { whole = sheet } else { overlays.append(sheet) }
        }
        // Where nothing holds the first does: a price from before the first date.
        guard let sheet = whole ?? range.first(where: { sheets[$0].kind == .whole }).map({ sheets[$0] }) else { return nil }
        var standing = Standing(sheet: sheet, overlays: overlays)
        if sheet.condition != 0 {
            let condition = conditions[Int(sheet.condition)]
            if let tokens = condition.tokens, tokens.above > 0 { standing.words.append("above_\(tokens.above)") }
            if !condition.windows.isEmpty { standing.words.append("time_of_day") }
        }
        for overlay in overlays where !conditions[Int(overlay.condition)].windows.isEmpty { standing.words.append("off_peak") }
        return standing
    }

    /// A unit's own price; nil if it has none.
    ///
    /// `threshold` and `usedTier` become those by which it was found, `steps` how far that tier is from the one asked for.
    func price(
        _ unit: PriceUnit,
        _ standing: borrowing Standing,
        input: Int64,
        tier: ServiceTier,
        isInclusive: Bool,
        threshold: inout UInt32,
        usedTier: inout ServiceTier,
        steps: inout Int
    ) -> Dollars? {
        for sheet in standing.overlays {
            guard let (cell, _) = best(unit, in: sheet, input: input, tier: tier, isInclusive: isInclusive) else { continue }
            if let tier = conditions[Int(sheet.condition)].tier { usedTier = tier }
            steps = 0
            threshold = max(threshold, cell.threshold)
            return prices[Int(cell.price)]
        }
        guard let (cell, far) = best(unit, in: standing.sheet, input: input, tier: tier, isInclusive: isInclusive) else { return nil }
        steps = far
        threshold = max(threshold, cell.threshold)
        if cell.tier != .standard { usedTier = cell.tier }
        return prices[Int(cell.price)]
    }

    private func best(_ unit: PriceUnit, in sheet: Sheet, input: Int64, tier: ServiceTier, isInclusive: Bool) -> (Cell, steps: Int)? {
        var best: (Cell, steps: Int)?
        for cell in cells(of: sheet) where cell.unit == unit {
            let limit = Int64(cell.threshold)
            guard limit == 0 || input > limit || isInclusive && input == limit, let steps = tier.steps(to: cell.tier) else { continue }
            guard let known = best else {
                best = (cell, steps)
                continue
            }
            // In a batch the tier counts first: an ordinary price of long inputs is none of a batch.
            let isBetter =
                tier == .batch
                ? steps < known.steps || steps == known.steps && cell.threshold > known.0.threshold
                : cell.threshold > known.0.threshold || cell.threshold == known.0.threshold && steps < known.steps
            if isBetter { best = (cell, steps) }
        }
        return best
    }

    private func cells(of sheet: Sheet) -> ArraySlice<Cell> {
        cells[Int(sheet.cellStart)..<Int(sheet.cellStart) + Int(sheet.cellCount)]
    }
}

extension ServiceTier {
    /// How far one has to go to find another tier's price: 0 for its own; nil if that is not its price.
    fileprivate func steps(to other: ServiceTier) -> Int? {
        var (tier, steps) = (self, 0)
        while tier != other {
            guard let next = tier.next else { return nil }
            (tier, steps) = (next, steps + 1)
        }
        return steps
    }
}
