/// One column as stored: a leaf of the schema.
public struct LeafColumn: Hashable, Sendable {
    /// Position among the leaves, which is that of its chunk in a row group.
    public let index: Int
    /// Names from below the root to the leaf.
    public let path: [String]
    /// How values are stored.
    public let physicalType: PhysicalType
    /// Bytes of a fixed-length value; 0 for other types.
    public let typeLength: Int
    /// What the values mean.
    public let logicalType: LogicalType?
    /// How often the leaf occurs in its parent.
    public let repetition: Repetition
    /// Identity of the field over renames.
    public let fieldID: Int32?
    /// Definition level of a value that is there: the number of optional and repeated fields on the path.
    public let maxDefinitionLevel: Int
    /// Number of repeated fields on the path.
    public let maxRepetitionLevel: Int

    /// Creates a column.
    public init(
        index: Int, path: [String], physicalType: PhysicalType, typeLength: Int = 0, logicalType: LogicalType? = nil,
        repetition: Repetition, fieldID: Int32? = nil, maxDefinitionLevel: Int, maxRepetitionLevel: Int
    ) {
        self.index = index
        self.path = path
        self.physicalType = physicalType
        self.typeLength = typeLength
        self.logicalType = logicalType
        self.repetition = repetition
        self.fieldID = fieldID
        self.maxDefinitionLevel = maxDefinitionLevel
        self.maxRepetitionLevel = maxRepetitionLevel
    }

    /// The path joined by dots, for messages: names may have dots themselves.
    public var name: String { path.count == 1 ? path[0] : path.joined(separator: ".") }

    /// Whether every row has exactly one value, so that pages have no levels.
    public var isRequired: Bool { maxDefinitionLevel == 0 && maxRepetitionLevel == 0 }

    /// Bits of one definition level.
    public var definitionBitWidth: Int { Int.bitWidth - maxDefinitionLevel.leadingZeroBitCount }

    /// Bits of one repetition level.
    public var repetitionBitWidth: Int { Int.bitWidth - maxRepetitionLevel.leadingZeroBitCount }
}
