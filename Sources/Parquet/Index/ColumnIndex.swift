public import ByteCore

/// Whether the minima and maxima of pages ascend or descend; a number that may be one this reader does not know.
///
/// Spec: parquet.thrift, `BoundaryOrder`.
public struct BoundaryOrder: RawRepresentable, Hashable, Sendable {
    /// Number in the format.
    public let rawValue: Int32

    /// Creates the order of a number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// In no order.
    public static let unordered = BoundaryOrder(rawValue: 0)
    /// Both ascend.
    public static let ascending = BoundaryOrder(rawValue: 1)
    /// Both descend.
    public static let descending = BoundaryOrder(rawValue: 2)
}

/// Bounds on the values of each data page of a column chunk.
///
/// Spec: PageIndex.md; parquet.thrift, `ColumnIndex`. Shape: every list has one element for each page of the chunk's
/// offset index, or none where the writer does not say.
public struct ColumnIndex: Sendable {
    /// Whether the page has nothing but nulls; its bounds mean nothing then.
    public let nullPages: [Bool]
    /// For each page a value that none of its values is below, PLAIN without a length, maybe cut short.
    public let minimums: [Bytes]
    /// For each page a value that none of its values is above.
    public let maximums: [Bytes]
    /// The order of the bounds.
    public let boundaryOrder: BoundaryOrder
    /// For each page its number of nulls.
    public let nullCounts: [Int64]
    /// For each page its number of values that are not a number.
    public let nanCounts: [Int64]

    /// Reads a serialized index, whose bytes the bounds share.
    /// `decryptor` is that of its chunk.
    ///
    /// - Throws: `authentication`, `truncated` and `malformed`, also where its lists are not equally long. The data can be read without
    ///   the index.
    public init(
        _ bytes: Bytes, limits: Limits = .default, decryptor: ModuleDecryptor? = nil
    ) throws(ParquetError) {
        do throws(DecodeFault) {
            let bytes = if let decryptor { try decryptor.open(bytes, .columnIndex) } else { bytes }
            var reader = CompactReader(bytes.span, depthLimit: limits.nestingDepth)
            try self.init(&reader, bytes)
        } catch {
            throw ParquetError(error)
        }
    }

    private init(_ reader: inout CompactReader, _ bytes: Bytes) throws(DecodeFault) {
        var nullPages: [Bool] = []
        var minimums: [Bytes] = []
        var maximums: [Bytes] = []
        var order = BoundaryOrder.unordered
        var nullCounts: [Int64] = []
        var nanCounts: [Int64] = []
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: nullPages = try reader.booleans(field)
            case 2: minimums = try reader.binaries(field, in: bytes)
            case 3: maximums = try reader.binaries(field, in: bytes)
            case 4: order = BoundaryOrder(rawValue: try reader.int32(field) ?? 0)
            case 5: nullCounts = try reader.int64s(field)
            case 8: nanCounts = try reader.int64s(field)
            default: try reader.skip(field.type)
            }
        }
        let pageCount = nullPages.count
        guard minimums.count == pageCount, maximums.count == pageCount,
            nullCounts.isEmpty || nullCounts.count == pageCount, nanCounts.isEmpty || nanCounts.count == pageCount
        else { throw .malformed(.indexLength) }
        self.nullPages = nullPages
        self.minimums = minimums
        self.maximums = maximums
        boundaryOrder = order
        self.nullCounts = nullCounts
        self.nanCounts = nanCounts
    }
}
