public import ByteCore

/// A way for outside bytes into the modules. Whatever the bytes are, a run ends with a value or an error.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// The bytes are a footer.
    case footer
    /// The bytes choose and are an offset index, a column index or a Bloom filter.
    case indexes
    /// The bytes choose a column and are its pages.
    case column
    /// The bytes choose an encoding and are the values of a page, or a dictionary.
    case values
    /// The bytes choose the depth of a column and are its levels.
    case levels
    /// The bytes are a Parquet file.
    case file
    /// The bytes are an Arrow IPC stream.
    case stream
    /// The bytes are the answer to ListObjectsV2.
    case listing

    /// Reads the bytes to their end and returns whether that went without an error.
    @discardableResult
    public func run(_ input: Bytes) async -> Bool {
        do {
            switch self {
            case .footer: try FileInput.readFooter(input)
            case .indexes: try FileInput.readIndexes(input)
            case .column: try await ColumnInput.read(input)
            case .values: try ValueInput.read(input)
            case .levels: try LevelInput.read(input)
            case .file: try await FileInput.read(input)
            case .stream: try StreamInput.read(input)
            case .listing: try await ListingInput.read(input)
            }
            return true
        } catch {
            // An error must also be able to say what it is.
            return "\(error)".isEmpty
        }
    }
}
