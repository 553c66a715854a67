import ArrowIPC
import ArrowLayout
import ByteCore
import Crypto
import JSON

/// The schema of a table's objects as it is kept between syncs, so that footers of unchanged objects are not read.
///
/// Shape: `1:`, a digest of what made the schema, `:`, and an Arrow IPC stream without batches in hexadecimal; nothing
/// in its place where no object can be read.
enum KnownSchema {
    /// Fields of the spec that have no part in what the schemas of objects are.
    private static let otherFields: Set = [
        "concurrency", "deleted_objects", "endpoint_ca_file", "external_id", "local_profile", "max_retries",
        "memory_limit", "no_sign_request", "path_style", "region", "request_payer", "role_arn", "role_session_name",
        "rows_per_record", "use_accelerate", "use_dualstack", "use_fips",
    ]

    /// Returns what stands for a spec in this version of the plugin: a schema made by others may be another one.
    static func digest(ofSpec spec: Bytes, version: String) -> String {
        var fields = JSONValue(parsing: [UInt8](spec)) ?? .null
        if case .object(let members) = fields { fields = .object(members.filter { !otherFields.contains($0.key) }) }
        return SHA256.hash(Array(version.utf8) + [0] + fields.bytes).hex
    }

    /// Returns the text of a schema, or of there being none; empty where the stream cannot say it.
    static func text(of schema: Schema?, digest: String) -> String {
        guard let schema else { return prefix(digest) }
        guard let stream = try? StreamEncoder.encode(schema) else { return "" }
        return prefix(digest) + Hex.string([UInt8](stream))
    }

    /// Whether a text was made by a spec, in this version of the plugin.
    static func isMade(_ text: String, by digest: String) -> Bool { text.utf8.starts(with: prefix(digest).utf8) }

    /// Returns the schema of a text; nil where it was made by another spec or version, or cannot be read.
    static func schema(of text: String, digest: String) -> Schema? {
        let prefix = prefix(digest)
        guard isMade(text, by: digest) else { return nil }
        let digits = Array(text.utf8.dropFirst(prefix.utf8.count))
        guard digits.count % 2 == 0 else { return nil }
        var stream: [UInt8] = []
        stream.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Hex.value(of: digits[index]), let low = Hex.value(of: digits[index + 1]) else {
                return nil
            }
            stream.append(high << 4 | low)
        }
        return try? StreamDecoder.decode(Bytes(stream)).schema
    }

    private static func prefix(_ digest: String) -> String { "1:\(digest):" }
}
