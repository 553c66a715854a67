import ArgumentParser
import ArrowLayout
import FixtureKit
import Parquet
import ParquetArrow

/// Decodes files, and compares them with a manifest where there is one.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Decode every value of files (the default).")

    @Argument(help: "Files to read; with a manifest, its files if none are given.")
    var files: [String] = []

    @Option(help: "Compare with the expectations of this file.")
    var manifest: String?

    @OptionGroup var keys: KeyOptions

    @Flag(help: "Print one JSON object for each file.")
    var json = false

    func validate() throws {
        if files.isEmpty, manifest == nil { throw ValidationError("Name a file or a manifest.") }
    }

    func run() async throws {
        var checks: [(path: String, expected: Manifest.File?)] = files.map { ($0, nil) }
        if let manifest {
            try await reporting(manifest) {
                let directory = manifest.split(separator: "/", omittingEmptySubsequences: false).dropLast()
                let expected = try await Manifest(path: manifest).files.map { file in
                    ((directory + [Substring(file.file)]).joined(separator: "/"), file)
                }
                checks = expected.filter { path, _ in files.isEmpty || files.contains(path) }
            }
            if checks.isEmpty { throw ValidationError("The manifest has none of these files.") }
        }
        try await check(checks)
    }

    private func check(_ checks: [(path: String, expected: Manifest.File?)]) async throws {
        let showsProgress = FileOutput.standardError.isTerminal && checks.count > 1
        var failures: [(path: String, outcome: Outcome)] = []
        for (index, check) in checks.enumerated() {
            if showsProgress {
                try FileOutput.standardError.write("\r\u{1B}[K\(index + 1)/\(checks.count) \(check.path)")
            }
            let (outcome, rowCount) = await Self.outcome(of: check.path, keys: keys.keys, expected: check.expected)
            if showsProgress { try FileOutput.standardError.write("\r\u{1B}[K") }
            try FileOutput.standardOutput.write(line(check.path, outcome, rowCount: rowCount) + "\n")
            if outcome.reason != nil { failures.append((check.path, outcome)) }
        }
        guard let first = failures.first, let reason = first.outcome.reason else { return }
        let summary = checks.count == 1 ? "" : "\(failures.count) of \(checks.count) files, first "
        try FileOutput.standardError.write("fixture-verify: \(summary)\(first.path.suffix(60)): \(reason)\n")
        // A wrong file matters more than one that is not supported.
        throw failures.map(\.outcome.exitCode).min { $0.rawValue < $1.rawValue } ?? ExitCode(1)
    }

    private func line(_ path: String, _ outcome: Outcome, rowCount: Int) -> String {
        guard json else {
            return outcome.reason.map { "ERROR \(path): \($0)" } ?? "OK \(path): \(rowCount) rows"
        }
        let status =
            switch outcome {
            case .right: "ok"
            case .wrong: "wrong"
            case .unsupported: "unsupported"
            }
        let reason = outcome.reason.map { ",\"reason\":\(JSONRow.quoted($0))" } ?? ""
        return "{\"file\":\(JSONRow.quoted(path)),\"status\":\"\(status)\",\"rowCount\":\(rowCount)\(reason)}"
    }

    private static func outcome(of path: String, keys: DecryptionKeys, expected: Manifest.File?) async -> (
        Outcome, rowCount: Int
    ) {
        var rowCount = 0
        do {
            // A manifest has the keys of its files.
            let file = try await ParquetFile(path: path, keys: try expected?.keys.map(DecryptionKeys.init) ?? keys)
            let reader = try await file.reader()
            let variants = try VariantMapping(reader.schema, as: .json)
            var comparison = expected.map {
                Comparison($0, schema: reader.schema, rowGroupCount: file.metadata.rowGroups.count)
            }
            try await file.forEachBatch(of: reader, rows: 65_536) { batch in
                for array in batch.columns { try array.validate() }
                // A VARIANT has values of its own in its storage.
                _ = try variants.map(batch)
                comparison?.append(batch)
                rowCount += batch.rowCount
            }
            comparison?.finish()
            if let mismatches = comparison?.mismatches, !mismatches.isEmpty {
                return (.wrong(reason: mismatches.joined(separator: "; ")), rowCount)
            }
            return (.right, rowCount)
        } catch let error as FileError {
            // Whoever prints this names the file already.
            return (.wrong(reason: error.reason), rowCount)
        } catch {
            return (Outcome(error), rowCount)
        }
    }
}
