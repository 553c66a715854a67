// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that benchmarks cost the plugin's build nothing; each builds only what it measures.
let package = Package(
    name: "Bench",
    dependencies: [.package(name: "cq-source-s3", path: "../..")],
    targets: [
        .executableTarget(
            name: "bench-worker",
            dependencies: [
                .product(name: "ParquetArrow", package: "cq-source-s3"),
                .product(name: "ArrowIPC", package: "cq-source-s3"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6), .strictMemorySafety(), .enableUpcomingFeature("ExistentialAny"),
                .treatAllWarnings(as: .error),
            ]),
        .executableTarget(
            name: "bench-signing",
            dependencies: [.product(name: "AWSAuth", package: "cq-source-s3")],
            swiftSettings: [
                .swiftLanguageMode(.v6), .strictMemorySafety(), .enableUpcomingFeature("ExistentialAny"),
                .treatAllWarnings(as: .error),
            ]),
    ]
)
