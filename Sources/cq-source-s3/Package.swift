import ArgumentParser
import CloudQueryPlugin
import Crypto
import FoundationEssentials
import Glibc
import S3Source

/// Makes what `cloudquery plugin publish` uploads: this executable, its description and documentation.
///
/// The documentation is made of the spec's schema, so that it cannot differ from what the plugin takes.
struct Package: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Package this executable for CloudQuery's hub, for the system it was built for.")

    @Option(name: .shortAndLong, help: "Changes in this version; @FILE reads them from a file.")
    var message: String

    @Option(
        name: [.customShort("D"), .customLong("dist-dir")], help: "Directory to write to; PLUGIN_DIR/dist if not given."
    )
    var distribution: String?

    @Option(name: .customLong("docs-dir"), help: "Directory of Markdown files to take in place of those made here.")
    var documentation: String?

    @Argument(help: "Version of this executable, as --version says it.")
    var version: String

    @Argument(help: "Directory of the plugin.")
    var pluginDirectory: String

    func validate() throws {
        // What is published under a version must say that it is that version.
        guard version == S3SourcePlugin.identity.version else {
            throw ValidationError("this executable is \(S3SourcePlugin.identity.version), not \(version)")
        }
    }

    func run() throws {
        let files = FileManager.default
        let directory = distribution ?? "\(pluginDirectory)/dist"
        try files.createDirectory(atPath: "\(directory)/docs", withIntermediateDirectories: true)
        let name = "plugin-\(S3SourcePlugin.identity.name)-\(version)-linux-\(Self.architecture)"
        let executable = try Data(contentsOf: URL(filePath: "/proc/self/exe"))
        let archive = ZipArchive.ofOne(name: name, content: [UInt8](executable))
        try Data(archive).write(to: URL(filePath: "\(directory)/\(name).zip"))
        let description = PackageDescription(
            message: try changes(), version: version, name: name, checksum: SHA256.hash(archive).hex)
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(description).write(to: URL(filePath: "\(directory)/package.json"))
        try HubFile.write("[]\n", to: "\(directory)/tables.json")
        try HubFile.write(SourceSpec.jsonSchema, to: "\(directory)/spec_json_schema.json")
        try writeDocumentation(to: "\(directory)/docs")
    }

    private func changes() throws -> String {
        guard message.hasPrefix("@") else { return message }
        return String(decoding: try Data(contentsOf: URL(filePath: String(message.dropFirst()))), as: UTF8.self)
    }

    private func writeDocumentation(to directory: String) throws {
        guard let documentation else {
            for (name, text) in HubDocumentation.files(version: version) {
                try HubFile.write(text, to: "\(directory)/\(name)")
            }
            return
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: documentation) where name.hasSuffix(".md") {
            try Data(contentsOf: URL(filePath: "\(documentation)/\(name)")).write(
                to: URL(filePath: "\(directory)/\(name)"))
        }
    }

    #if arch(arm64)
    private static let architecture = "arm64"
    #else
    private static let architecture = "amd64"
    #endif
}

/// `package.json`, as the hub reads it.
private struct PackageDescription: Encodable {
    struct Target: Encodable {
        var os = "linux"
        let arch: String
        let path: String
        let checksum: String
    }

    let schemaVersion = 1
    let team: String
    let kind: String
    let name: String
    let message: String
    let version: String
    let protocols = [3]
    let supportedTargets: [Target]
    let packageType = "native"

    init(message: String, version: String, name: String, checksum: String) {
        let identity = S3SourcePlugin.identity
        (team, kind, self.name) = (identity.team, identity.kind, identity.name)
        (self.message, self.version) = (message, version)
        let architecture = String(name.split(separator: "-").last ?? "")
        supportedTargets = [Target(arch: architecture, path: "\(name).zip", checksum: "sha256:\(checksum)")]
    }
}
