public import ArrowLayout
import ByteCore
import FoundationEssentials
import Parquet

/// What an independent reader found in a set of files.
///
/// Shape: the JSON that `Tools/make-fixtures` writes.
public struct Manifest: Decodable, Sendable {
    /// One file.
    public struct File: Decodable, Sendable, CustomStringConvertible {
        /// Name relative to the manifest.
        public let file: String
        /// What the file shows.
        public let features: [String]
        /// What `DecryptionKeys(parsing:)` reads; nil where the file is not encrypted.
        public let keys: String?
        /// Number of rows.
        public let rowCount: Int
        /// Number of row groups.
        public let rowGroupCount: Int
        /// What the columns hold.
        public let columns: [Column]

        /// The name.
        public var description: String { file }
    }

    /// One file that is not read.
    public struct RefusedFile: Decodable, Sendable, CustomStringConvertible {
        /// Name relative to the manifest.
        public let file: String
        /// What the file shows.
        public let features: [String]
        /// What is said of it.
        public let error: String

        /// The name.
        public var description: String { file }
    }

    /// One column of a file.
    public struct Column: Decodable, Sendable {
        /// Name of the column.
        public let name: String
        /// Type, by the name that the manifest has for it, without dictionaries, views and large offsets.
        public let type: String
        /// What pyarrow makes of the type by the Arrow schema that the file stores, in its words; nil where it keeps it.
        public let arrowType: String?
        /// Whether values may be null.
        public let nullable: Bool
        /// Number of nulls.
        public let nullCount: Int
        /// Digest of the values.
        public let digest: String
        /// The values themselves, where they are few.
        public let values: [String?]?
    }

    /// The files.
    public let files: [File]
    /// The files that are refused.
    public let refused: [RefusedFile]

    /// Reads a manifest.
    public init(path: String) async throws {
        let file = try LocalFile(path: path)
        let bytes = try await file.read(ByteRange(offset: 0, count: file.byteCount))
        do {
            self = try JSONDecoder().decode(Manifest.self, from: Data([UInt8](bytes)))
        } catch {
            throw ManifestError(path: path)
        }
    }
}

/// A manifest that is not one.
public struct ManifestError: Error, CustomStringConvertible {
    /// Name of the file.
    public let path: String

    /// What is wrong, in words.
    public var description: String { "\(path): not a manifest of fixtures" }
}

extension DataType {
    /// The name by which the manifest calls a type. Names of elements and entries, which writers choose, are left out.
    public var manifestName: String {
        switch self {
        case .structure(let fields):
            "struct<" + fields.map { "\($0.name): \($0.manifestTypeName)" }.joined(separator: ", ") + ">"
        case .list(let element): "list<\(element.manifestTypeName)>"
        case .map(let entries, _):
            if case .structure(let fields) = entries.type {
                "map<" + fields.map(\.manifestTypeName).joined(separator: ", ") + ">"
            } else {
                description
            }
        case .utf8: "string"
        case .date32: "date32[day]"
        case .float16: "halffloat"
        case .float32: "float"
        case .float64: "double"
        case .interval(.monthDayNano): "month_day_nano_interval"
        default: description
        }
    }
}

extension Field {
    fileprivate var manifestTypeName: String { type.manifestName + (isNullable ? "" : " not null") }
}
