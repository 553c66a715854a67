import ByteCore

/// One element of the flat, depth-first list in which a file stores its schema.
///
/// Spec: parquet.thrift, `SchemaElement`.
public struct SchemaElement: Hashable, Sendable {
    /// Name of the field. Bytes that are not UTF-8 are replaced.
    public var name: String
    /// How values are stored; nil for a group.
    public var physicalType: PhysicalType?
    /// Bytes of a fixed-length value, or nil where the file has none.
    public var typeLength: Int32?
    /// How often the field occurs; nil where the file has none or a number that is not of the format.
    public var repetition: Repetition?
    /// Number of elements directly below, or nil where the file has none.
    public var childCount: Int32?
    /// What the values mean.
    public var logicalType: LogicalType?
    /// Identity of the field over renames.
    public var fieldID: Int32?

    /// Creates an element.
    public init(
        name: String, physicalType: PhysicalType? = nil, typeLength: Int32? = nil, repetition: Repetition? = nil,
        childCount: Int32? = nil, logicalType: LogicalType? = nil, fieldID: Int32? = nil
    ) {
        self.name = name
        self.physicalType = physicalType
        self.typeLength = typeLength
        self.repetition = repetition
        self.childCount = childCount
        self.logicalType = logicalType
        self.fieldID = fieldID
    }

    /// Whether the element has values rather than children.
    var isLeaf: Bool { physicalType != nil && (childCount ?? 0) == 0 }

    init(_ reader: inout CompactReader) throws(DecodeFault) {
        let start = reader.offset
        self.init(name: "")
        var hasName = false
        var convertedType: Int32?
        var precision: Int32?
        var scale: Int32?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: physicalType = try reader.int32(field).map(PhysicalType.init(rawValue:))
            case 2: typeLength = try reader.int32(field)
            case 3: repetition = try reader.int32(field).flatMap(Repetition.init(rawValue:))
            case 4:
                if let text = try reader.string(field) {
                    name = text
                    hasName = true
                }
            case 5: childCount = try reader.int32(field)
            case 6: convertedType = try reader.int32(field)
            case 7: scale = try reader.int32(field)
            case 8: precision = try reader.int32(field)
            case 9: fieldID = try reader.int32(field)
            case 10: if try reader.structure(field) { logicalType = try LogicalType(&reader) }
            default: try reader.skip(field.type)
            }
        }
        guard hasName else { throw .malformed(.missingField, at: start) }
        if let convertedType, logicalType == nil || logicalType?.isRecognised == false {
            let converted = LogicalType(convertedType: convertedType, precision: precision, scale: scale)
            logicalType = converted ?? logicalType
        }
    }
}
