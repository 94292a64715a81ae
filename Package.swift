// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode (from the tools version), strict memory safety, no warnings left standing.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A module of the bridge; who may import whom is said once more, and checked, in `Tests/TidyTests`.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The commit that `causeway --version` names, where the build says it. (`Context.gitInformation` would know it by itself, but
/// SwiftPM keeps a manifest's result and goes on naming the commit it saw first.)
let commit = Context.environment["CAUSEWAY_COMMIT"].flatMap { $0.isEmpty ? nil : $0 }

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "causeway",
    products: [
        .executable(name: "causeway", targets: ["CausewayCLI"]),
        .library(name: "Causeway", targets: ["Causeway"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(
            name: "CCauseway",
            cSettings: commit.map { [.define("CAUSEWAY_COMMIT", to: "\"\($0)\"")] } ?? [],
            linkerSettings: [
                .linkedLibrary("protobuf-c"), .linkedLibrary("curl"), .linkedLibrary("deflate"), .linkedLibrary("zstd"),
                .linkedLibrary("crypto"),
            ]
        ),
        module("CausewayModel", []),
        module("CausewayPlatform", ["CCauseway"]),
        module("CausewayOTLP", ["CCauseway", "CausewayModel"]),
        module("CausewaySpool", ["CausewayPlatform"]),
        module("CausewayExporters", ["CausewayPlatform", "CausewaySpool"]),
        module(
            "CausewayReceivers",
            [
                "CausewayModel", "CausewayPlatform", "CausewayOTLP",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        module("CausewaySemantics", ["CausewayModel", "CausewayPlatform", "CausewayOTLP"]),
        module("CausewayConsole", ["CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySpool"]),
        module(
            "Causeway",
            [
                "CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySemantics", "CausewaySpool", "CausewayReceivers",
                "CausewayExporters",
                .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "CausewayCLI",
            dependencies: [
                "Causeway", "CausewayConsole",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "TestSupport",
            dependencies: ["CausewayModel", "CausewayPlatform", "CausewaySpool"],
            path: "Tests/TestSupport",
            // What pretends to be a client, a backend or a broken disk works with bare sockets: no strict memory safety here.
            swiftSettings: [.treatAllWarnings(as: .error), .enableUpcomingFeature("InternalImportsByDefault")]
        ),
        .target(name: "CountingAllocator", path: "Benchmarks/CountingAllocator"),
        .target(name: "BenchSupport", path: "Benchmarks/Support"),
        .executableTarget(
            name: "UnderstandBench",
            dependencies: [
                "BenchSupport", "CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySemantics", "CountingAllocator",
            ],
            path: "Benchmarks/Understand"
        ),
        .executableTarget(
            name: "AgentEventBench",
            dependencies: ["BenchSupport", "CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySemantics"],
            path: "Benchmarks/AgentEvents"
        ),
        .executableTarget(
            name: "RenderBench",
            dependencies: ["BenchSupport", "CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySemantics"],
            path: "Benchmarks/Render"
        ),
        .executableTarget(
            name: "SettleBench",
            dependencies: ["BenchSupport", "CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySemantics", "CausewaySpool"],
            path: "Benchmarks/Settle"
        ),
        .executableTarget(
            name: "MetricsBench",
            dependencies: ["BenchSupport", "CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySemantics"],
            path: "Benchmarks/Metrics"
        ),
        tests("TidyTests", []),
        tests("CausewayModelTests", ["CausewayModel"]),
        tests("CausewayPlatformTests", ["CausewayPlatform", "TestSupport"]),
        tests("CausewayOTLPTests", ["CausewayOTLP", "CausewayModel", "CCauseway"]),
        tests("CausewayExportersTests", ["CausewayExporters", "CausewayPlatform", "CausewaySpool", "TestSupport"]),
        tests("CausewaySpoolTests", ["CausewaySpool", "CausewayPlatform", "TestSupport"]),
        tests("FuzzTests", ["CausewayModel", "CausewayOTLP", "CausewayPlatform", "CausewaySemantics", "CausewaySpool", "TestSupport"]),
        tests(
            "CausewayReceiversTests",
            [
                "CausewayReceivers", "CausewayModel", "CausewayPlatform", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        tests("CausewaySemanticsTests", ["CausewaySemantics", "CausewayOTLP", "CausewayModel"]),
        tests("CausewayConsoleTests", ["CausewayConsole", "CausewayModel", "CausewayOTLP"]),
        tests(
            "CausewayTests",
            [
                "Causeway", "CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySemantics", "CausewayReceivers", "CausewaySpool",
                "CausewayExporters", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
    ]
)
