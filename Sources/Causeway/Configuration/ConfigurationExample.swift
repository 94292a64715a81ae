/// A whole configuration file with every key at its default and what it means; destinations as comments, to be uncommented.
enum ConfigurationExample {
    static func text() -> String {
        var text = """
            # A configuration of causeway. Every key is shown with its default; leave out what you do not change.
            #
            # In values, ${env:NAME}, ${env:NAME:-default} and ${file:PATH} stand for a variable, a variable or else a text,
            # and the contents of a file; $$ is a plain dollar. Sizes: 8MiB, 4GiB. Durations: 200ms, 10s, 15m, 24h.
            # Check a file with `causeway validate --config FILE`.

            """
        for entry in ConfigurationSchema.top {
            if case .later = entry.content { continue }
            text += "\n" + lines([entry], of: Configuration(), depth: 0).joined(separator: "\n") + "\n"
        }
        text += "\n# \(ConfigurationSchema.destinationsSummary)\n"
        text += "# \(ConfigurationSchema.destinationsName):\n#   backend:\n"
        for line in lines(ConfigurationSchema.destination, of: Configuration.Destination(name: "backend"), depth: 2) {
            text += "# \(line)\n"
        }
        return text
    }

    private static func lines<Root>(_ entries: [ConfigurationEntry<Root>], of root: Root, depth: Int) -> [String] {
        let indentation = String(repeating: "  ", count: depth)
        var lines: [String] = []
        for entry in entries {
            switch entry.content {
            case .section(let inner):
                // A section of nothing but optional keys is a comment as a whole: left empty it would say nothing.
                let below = Self.lines(inner, of: root, depth: depth + 1)
                let isOptional = below.allSatisfy { $0.drop { $0 == " " }.hasPrefix("#") }
                lines += ["\(indentation)# \(entry.summary)", "\(indentation)\(isOptional ? "# " : "")\(entry.name):"] + below
            case .value(let value):
                lines.append("\(indentation)# \(entry.summary)")
                if let written = value.written(root) {
                    lines.append("\(indentation)\(entry.name): \(value.isBare ? written : YAMLText.scalar(written))")
                } else {
                    // The first address is what makes a destination; the others are for those who need them.
                    let mark = entry.name == "endpoint" ? "" : "# "
                    lines.append("\(indentation)\(mark)\(entry.name): \(value.example ?? "")")
                }
            case .headers:
                lines.append("\(indentation)# \(entry.summary)")
                lines.append("\(indentation)# \(entry.name): { authorization: \"Bearer ${env:TOKEN}\" }")
            case .named(_, _, let example):
                lines.append("\(indentation)# \(entry.summary)")
                lines.append("\(indentation)# \(entry.name): \(example)")
            case .list(let list):
                lines.append("\(indentation)# \(entry.summary)")
                lines.append("\(indentation)# \(entry.name): \(list.example)")
            case .items(let items):
                lines.append("\(indentation)# \(entry.summary)")
                lines.append("\(indentation)# \(entry.name): \(items.example)")
            case .tokens:
                lines.append("\(indentation)# \(entry.summary)")
                lines.append("\(indentation)# \(entry.name): { acme: \"${env:ACME_TOKEN}\" }")
            case .later:
                continue
            }
        }
        return lines
    }
}

extension Configuration {
    /// A commented configuration file with every key.
    public static var example: String { ConfigurationExample.text() }
}
