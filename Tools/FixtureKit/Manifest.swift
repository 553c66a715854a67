public import ArrowLayout
import ByteCore
import FoundationEssentials
import Parquet

/// What an independent reader found in a set of files.
///
/// Shape: the JSON that `Tools/make-fixtures` writes.
public struct Manifest: Decodable, Sendable {
    /// One file.
    public struct File: Decodable, Sendable {
        /// Name relative to the manifest.
        public let file: String
        /// What the file shows.
        public let features: [String]
        /// Number of rows.
        public let rowCount: Int
        /// Number of row groups.
        public let rowGroupCount: Int
        /// What the columns hold; nil where columns are nested.
        public let columns: [Column]?
    }

    /// One column of a file.
    public struct Column: Decodable, Sendable {
        /// Name of the column.
        public let name: String
        /// Type, by pyarrow's name, without dictionaries, views and large offsets.
        public let plainType: String
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
    /// The name by which the manifest calls a type.
    public var manifestName: String {
        switch self {
        case .utf8: "string"
        case .date32: "date32[day]"
        case .float16: "halffloat"
        case .float32: "float"
        case .float64: "double"
        default: description
        }
    }
}
