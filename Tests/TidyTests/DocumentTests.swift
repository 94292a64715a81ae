import Testing

/// The documents say what is there, and nothing else.
struct DocumentTests {
    @Test func `the README answers its five questions in order`() throws {
        let headings = try Repository.file("README.md").lines.filter { $0.hasPrefix("#") }
        #expect(
            headings == [
                "# Causeway",
                "## See it work",
                "## Point an agent at it",
                "## What it promises when things fail",
                "## Where to look in the code",
            ]
        )
    }

    @Test func `the metrics page lists exactly the metrics in the code`() throws {
        var inCode: Set<String> = []
        for file in try Repository.swiftSources() {
            for literal in SourceText(file.text).literals { inCode.formUnion(metricNames(in: literal)) }
        }
        let described = metricNames(in: try Repository.file("docs/metrics.md").text)
        #expect(inCode.subtracting(described) == [], "not described")
        #expect(described.subtracting(inCode) == [], "described, but not there")
    }

    @Test func `every door that a document or script names is in the Makefile`() throws {
        let makefile = try Repository.file("Makefile")
        let doors = Set(makefile.text.matches(of: /(?m)^([a-z-]+):/).map(\.output.1))
        #expect(doors.isSuperset(of: ["run", "test"]))
        for file in try Repository.files(ending: [".md", ".sh", ".yml", ".yaml"]) {
            for match in file.text.matches(of: /`make ([a-z-]+)/) {
                #expect(doors.contains(match.output.1), "\(file) names make \(match.output.1)")
            }
        }
    }

    @Test func `every door is listed with what it does`() throws {
        let makefile = try Repository.file("Makefile")
        let listed = makefile.text.matches(of: /(?m)^([a-z-]+):.*## ./).map(\.output.1)
        let phony = makefile.text.firstMatch(of: /(?m)^\.PHONY: (.*)$/)?.output.1.split(separator: " ") ?? []
        #expect(Set(phony) == Set(listed).union(["help"]))
        for match in makefile.text.matches(of: /scripts\/[a-z-]+\.sh/) {
            #expect((try? Repository.file(String(match.output))) != nil, "\(match.output) is missing")
        }
    }

    @Test func `every dependency is listed with its reason`() throws {
        let contributing = try Repository.file("CONTRIBUTING.md").text
        let packages = try Repository.file("Package.swift").text.matches(of: /url: "[^"]*\/([^"\/]+)"/).map { String($0.output.1) }
        #expect(packages.count >= 4)
        // What stands behind the empty line is there only because these need it.
        let requirements = try Repository.file("Tests/EndToEnd/requirements.txt").text.split(separator: "\n\n")
        let direct = requirements[0].matches(of: /(?m)^([A-Za-z-]+)==/).map { String($0.output.1) }
        #expect(direct.count >= 5)
        for name in packages + direct {
            #expect(contributing.contains("`\(name)`"), "\(name) has no reason")
        }
    }

    @Test func `links between documents lead somewhere`() throws {
        for file in try Repository.files(ending: [".md"]) {
            let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
            for match in file.text.matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
                let target = folder.isEmpty ? String(match.output.1) : folder + "/" + match.output.1
                #expect(Repository.exists(target), "\(file) links to \(match.output.1)")
            }
        }
    }

    /// Names of metric families.
    private func metricNames(in text: String) -> Set<String> {
        Set(text.matches(of: /\bcauseway_[a-z][a-z_]*[a-z]\b/).map { String($0.output) })
    }
}
