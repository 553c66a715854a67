import ArgumentParser
import ByteCore
import FixtureKit
import Glibc
import Parquet

/// How the reading of a file ended.
enum Outcome {
    case right
    case wrong(reason: String)
    case unsupported(reason: String)

    /// Tells malformed bytes from what is not supported.
    init(_ error: any Error) {
        if let error = error as? ParquetError, case .unsupported = error.kind {
            self = .unsupported(reason: "\(error)")
        } else {
            self = .wrong(reason: "\(error)")
        }
    }

    /// Why the file is not right.
    var reason: String? {
        switch self {
        case .right: nil
        case .wrong(let reason), .unsupported(let reason): Self.line(reason)
        }
    }

    /// The exit code of the process.
    var exitCode: ExitCode {
        switch self {
        case .right: ExitCode(0)
        case .wrong: ExitCode(1)
        case .unsupported: ExitCode(2)
        }
    }

    /// Reasons name columns, and those may be called anything: one line of at most 400 characters.
    private static func line(_ text: String) -> String {
        let clean = String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
        return clean.unicodeScalars.count <= 400 ? clean : "\(clean.prefix(200))…\(clean.suffix(180))"
    }
}

/// Says which timestamps arrived without their last digits: no unit of 64 bits has room for all of the file's.
func warn(ofCutDigitsIn columns: [String], of path: String) throws(FileError) {
    guard !columns.isEmpty else { return }
    let names = columns.map(JSONRow.quoted).joined(separator: ", ")
    try FileOutput.standardError.write(
        "fixture-verify: warning: \(path): the INT96 timestamps of \(names) are cut to the unit that holds all of them\n"
    )
}

/// Runs the body of a command on one file; what it throws becomes one line and the exit code.
func reporting(_ path: String, _ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let code as ExitCode {
        throw code
    } catch {
        let outcome = Outcome((error as? ParquetError)?.inObject(path) ?? error)
        try FileOutput.standardError.write("fixture-verify: \(outcome.reason ?? "")\n")
        throw outcome.exitCode
    }
}
