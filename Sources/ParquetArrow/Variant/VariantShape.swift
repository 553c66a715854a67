import ArrowLayout
import ByteCore

/// How a VARIANT, or a part of it, is stored: its encoded value, its typed value, or one of them.
///
/// Spec: VariantShredding.md, "Value Shredding". Fields are found by their names, not by their places.
struct VariantShape: Sendable {
    /// A field of an object that has columns of its own.
    struct Field: Sendable {
        /// The name, as bytes.
        let name: Bytes
        /// Which child of the typed value it is.
        let child: Int
        let shape: VariantShape
    }

    /// How a typed value is stored.
    indirect enum Typed: Sendable {
        case primitive
        case uuid
        case array(VariantShape)
        /// The fields in the order of their names.
        case object([Field])
    }

    /// Which child the metadata is; nil for a part.
    let metadata: Int?
    /// Which child the encoded value is; nil where all values are typed.
    let value: Int?
    /// Which child the typed value is, and how it is stored; nil where no value is typed.
    let typed: (child: Int, form: Typed)?

    /// Understands the storage of a whole VARIANT; nil for what is not the storage of one.
    ///
    /// - Throws: malformed where a typed value is of a type that variants do not have.
    init?(storage: DataType) throws(DecodeFault) {
        guard case .structure(let fields) = storage, let metadata = Self.index("metadata", fields),
            fields[metadata].type == .binary
        else { return nil }
        let value = Self.index("value", fields).map { fields[$0].type }
        guard value ?? .binary == .binary, value != nil || Self.index("typed_value", fields) != nil else { return nil }
        try self.init(fields, metadata: metadata)
    }

    private init(_ fields: [ArrowLayout.Field], metadata: Int?) throws(DecodeFault) {
        self.metadata = metadata
        value = Self.index("value", fields)
        let index = Self.index("typed_value", fields)
        guard value.map({ fields[$0].type == .binary }) ?? (index != nil) else { throw .malformed(.variantShape) }
        typed = if let index { (index, try Self.typed(fields[index])) } else { nil }
    }

    private static func index(_ name: String, _ fields: [ArrowLayout.Field]) -> Int? {
        fields.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }

    private static func typed(_ field: ArrowLayout.Field) throws(DecodeFault) -> Typed {
        switch field.type {
        case .bool, .int8, .int16, .int32, .int64, .float32, .float64, .decimal128, .date32, .time64(.microsecond),
            .timestamp(.microsecond, _), .timestamp(.nanosecond, _), .binary, .utf8, .null:
            return .primitive
        case .fixedSizeBinary(16) where field.metadata[FieldMetadata.extensionNameKey] == FieldMetadata.uuidName:
            return .uuid
        case .list(let item):
            return .array(try part(item.type))
        case .structure(let fields):
            return .object(try object(fields))
        default: throw .malformed(.variantShape)
        }
    }

    private static func part(_ type: DataType) throws(DecodeFault) -> VariantShape {
        guard case .structure(let fields) = type else { throw .malformed(.variantShape) }
        return try VariantShape(fields, metadata: nil)
    }

    private static func object(_ fields: [ArrowLayout.Field]) throws(DecodeFault) -> [Field] {
        var result: [Field] = []
        for (index, field) in fields.enumerated() {
            result.append(Field(name: Bytes(field.name.utf8), child: index, shape: try part(field.type)))
        }
        result.sort { $0.name.order($1.name) == .less }
        guard zip(result, result.dropFirst()).allSatisfy({ $0.name.order($1.name) == .less }) else {
            throw .malformed(.variantShape)
        }
        return result
    }
}

extension Bytes {
    /// Compares as unsigned numbers.
    func order(_ other: Bytes) -> ByteOrder { span.compare(0..<count, with: other.span, 0..<other.count) }
}
