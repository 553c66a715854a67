// swift-tools-version: 6.3
import PackageDescription

/// Settings of every target written here; generated code gets none of them.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tool(_ name: String, path: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func system(_ name: String, _ aptPackages: [String]) -> Target {
    .systemLibrary(name: name, providers: [.apt(aptPackages)])
}

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "cq-source-s3",
    products: [
        .executable(name: "cq-source-s3", targets: ["cq-source-s3"]),
        .executable(name: "fixture-verify", targets: ["fixture-verify"]),
        // For the nested packages under Tools.
        .library(name: "ParquetArrow", targets: ["ParquetArrow", "Parquet", "ArrowLayout", "ByteCore"]),
        .library(name: "ArrowIPC", targets: ["ArrowIPC"]),
        .library(name: "AWSAuth", targets: ["AWSAuth", "HTTP", "ByteCore"]),
        .library(name: "FuzzTargets", targets: ["FuzzTargets", "ByteCore"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries. Each is imported by one module.
        system(
            "CCodecs",
            ["libzstd-dev", "libdeflate-dev", "liblz4-dev", "libbrotli-dev"]),
        system("COpenSSL", ["libssl-dev"]),
        system("CCurl", ["libcurl4-openssl-dev"]),
        system("CGRPC", ["libgrpc-dev"]),

        // Level 0
        module("ByteCore", []),
        module("XML", []),
        // Level 1
        module("Crypto", ["ByteCore", "COpenSSL"]),
        module("HTTP", ["ByteCore", "CCurl"]),
        module("JSON", []),
        module("ArrowLayout", ["ByteCore"]),
        // Level 2
        module("RPC", ["ByteCore", "CGRPC"]),
        module("ArrowIPC", ["ByteCore", "ArrowLayout"]),
        module("Parquet", ["ByteCore", "CCodecs", "Crypto"]),
        module("AWSAuth", ["ByteCore", "Crypto", "HTTP", "JSON", "XML"]),
        // Level 3
        module("ParquetArrow", ["ByteCore", "Crypto", "ArrowLayout", "ArrowIPC", "Parquet"]),
        module("S3", ["ByteCore", "Crypto", "HTTP", "XML", "AWSAuth"]),
        .target(
            name: "CloudQueryProtocol", dependencies: [protobuf], path: "Sources/CloudQueryProtocol",
            exclude: ["Protos"],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        module(
            "CloudQueryPlugin",
            ["ByteCore", "ArrowLayout", "ArrowIPC", "RPC", "CloudQueryProtocol", protobuf, logging]),
        // Level 4
        module(
            "S3Source",
            [
                "ByteCore", "Crypto", "ArrowLayout", "ArrowIPC", "Parquet", "ParquetArrow", "AWSAuth", "HTTP", "S3",
                "JSON", "CloudQueryPlugin", logging, yams,
            ]),
        // Level 5
        tool(
            "cq-source-s3", path: "Sources/cq-source-s3",
            ["S3Source", "CloudQueryPlugin", "Crypto", "HTTP", arguments, logging]),

        // Reads local files only: nothing here may link a module that reaches the network.
        .target(
            name: "FixtureKit", dependencies: ["ParquetArrow", "Parquet", "ArrowLayout", "ByteCore"],
            path: "Tools/FixtureKit", swiftSettings: strict),
        tool(
            "fixture-verify", path: "Tools/fixture-verify",
            ["FixtureKit", "ParquetArrow", "Parquet", "ArrowIPC", "ArrowLayout", "ByteCore", arguments]),

        // The ways in for outside bytes: Tools/fuzz tries random ones, a test those that once failed.
        .target(
            name: "FuzzTargets",
            dependencies: ["ParquetArrow", "Parquet", "ArrowIPC", "ArrowLayout", "S3", "HTTP", "ByteCore"],
            path: "Tools/FuzzTargets", swiftSettings: strict),

        // What several test targets need: repeatable random numbers, JSON documents, golden cases, checks of signatures;
        // random Arrow data.
        .target(name: "TestSupport", dependencies: ["COpenSSL"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "ArrowTesting", dependencies: ["TestSupport", "ArrowLayout", "ByteCore"], path: "Tests/ArrowTesting",
            swiftSettings: strict),

        tests("ByteCoreTests", ["TestSupport", "ByteCore"]),
        tests("CryptoTests", ["TestSupport", "Crypto", "ByteCore"]),
        tests("HTTPTests", ["HTTP", "ByteCore", "CCurl"]),
        tests("ArrowLayoutTests", ["TestSupport", "ArrowTesting", "ArrowLayout", "ByteCore"]),
        tests("ArrowIPCTests", ["TestSupport", "ArrowTesting", "ArrowIPC", "ArrowLayout", "ByteCore"]),
        .testTarget(
            name: "ParquetTests", dependencies: ["TestSupport", "Parquet", "Crypto", "COpenSSL", "ByteCore"],
            exclude: ["Fixtures/make-encrypted-files.py", "Fixtures/make-tiny-files.py"],
            swiftSettings: strict),
        tests(
            "ParquetArrowTests",
            [
                "TestSupport", "ArrowTesting", "FixtureKit", "ParquetArrow", "Parquet", "ArrowLayout", "ArrowIPC",
                "ByteCore",
            ]),
        tests("FixtureKitTests", ["FixtureKit", "ParquetArrow", "Parquet", "ArrowLayout", "ByteCore"]),
        tests("FuzzTargetsTests", ["FuzzTargets", "ByteCore"]),
        tests("JSONTests", ["JSON"]),
        tests("XMLTests", ["XML"]),
        tests("AWSAuthTests", ["TestSupport", "JSON", "AWSAuth", "Crypto", "HTTP", "ByteCore"]),
        tests("S3Tests", ["TestSupport", "S3", "AWSAuth", "HTTP", "ByteCore"]),
        tests("RPCTests", ["RPC", "ByteCore"]),
        tests(
            "CloudQueryPluginTests",
            ["CloudQueryPlugin", "CloudQueryProtocol", "RPC", "ArrowIPC", "ArrowLayout", "ByteCore", protobuf, logging]),
        tests(
            "S3SourceTests",
            [
                "TestSupport", "S3Source", "S3", "HTTP", "AWSAuth", "CloudQueryPlugin", "ParquetArrow", "Parquet",
                "ArrowLayout", "JSON", "ByteCore", logging,
            ]),
    ]
)
