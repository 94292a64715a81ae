internal import CausewayModel

/// An edit of attributes, seen against the attributes that are there: what happens to each, and what is added.
struct ResolvedAttributeEdit {
    enum Step {
        case set(Attribute)
        case remove
        case rename(String)
    }

    /// In the order of the attributes; those that stay are left out.
    private(set) var steps: [(AttributeView, Step)] = []
    private(set) var added: [Attribute] = []

    init(_ edit: AttributeEdit, _ attributes: AttributeList, _ payload: [UInt8]) {
        let keys = KeyTable(edit.changes.map(\.key))
        let renamed = edit.changes.compactMap { if case .rename(let new) = $0.change { new } else { nil } }
        let (targets, isRenaming) = (KeyTable(renamed), !renamed.isEmpty)
        var found: [(view: AttributeView, change: Int)] = []
        var isThere = [Bool](repeating: false, count: edit.changes.count)
        var others: [AttributeView] = []
        var list = attributes
        while let attribute = list.next(payload) {
            if let index = keys.index(at: attribute.key, payload) {
                found.append((attribute, index))
                isThere[index] = true
            } else if isRenaming, targets.index(at: attribute.key, payload) != nil {
                others.append(attribute)
            }
        }

        // The keys that are given away: a key is given once, and a set is stronger than a rename.
        var taken: [String] = []
        var given = [Bool](repeating: false, count: edit.changes.count)
        if isRenaming {
            for (key, change) in edit.changes {
                if case .set = change { taken.append(key) }
            }
            for (index, (_, change)) in edit.changes.enumerated() where isThere[index] {
                guard case .rename(let new) = change, !taken.contains(new) else { continue }
                given[index] = true
                taken.append(new)
            }
        }

        var done = [Bool](repeating: false, count: edit.changes.count)
        for (view, index) in found {
            defer { done[index] = true }
            let (key, change) = edit.changes[index]
            switch change {
            case .set(let value) where !done[index]: steps.append((view, .set(Attribute(key, value))))
            case .rename(let new) where !done[index] && given[index]: steps.append((view, .rename(new)))
            case .set, .rename, .remove: steps.append((view, .remove))
            }
        }
        for view in others where taken.contains(where: { payload.holds($0, at: view.key) }) { steps.append((view, .remove)) }
        for (index, (key, change)) in edit.changes.enumerated() where !isThere[index] {
            if case .set(let value) = change { added.append(Attribute(key, value)) }
        }
    }
}

extension AttributeEdit {
    /// What there is afterwards if there was nothing before.
    var added: [Attribute] {
        changes.compactMap { if case .set(let value) = $0.change { Attribute($0.key, value) } else { nil } }
    }
}
