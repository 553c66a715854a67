// swift-tools-version: 6.3
import PackageDescription

// A package of its own: libFuzzer brings its own entry point and needs every module built with its instrumentation.
let package = Package(
    name: "FuzzRunner",
    dependencies: [.package(name: "cq-source-s3", path: "../..")],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [.product(name: "FuzzTargets", package: "cq-source-s3")],
            swiftSettings: [
                .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
                .unsafeFlags(["-parse-as-library"]),
            ])
    ]
)
