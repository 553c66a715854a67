public import ByteCore

/// How the values of a page are decoded: the one place that knows which encodings a physical type may have.
public enum ValueDecoding {
    /// Opens the values of a data page. There are as many as the page has values that are not null, at most `limit`.
    ///
    /// `before` is the last value of the page before, for writers that do not start DELTA_BYTE_ARRAY anew.
    ///
    /// - Throws: unsupported where the encoding is not read or not allowed for the type.
    public static func open(
        _ body: Bytes, encoding: Encoding, leaf: LeafColumn, limit: Int, limits: Limits, before: Bytes = Bytes()
    ) throws(DecodeFault) -> PhysicalValues {
        switch (leaf.physicalType, encoding) {
        case (.boolean, .plain):
            return .bits(body, count: min(limit, body.count * 8), index: 0)
        case (.boolean, .rle):
            return .bitRuns(try HybridRLE(body: try lengthPrefixed(body), bitWidth: 1, count: limit))
        case (_, .plainDictionary) where leaf.physicalType != .boolean,
            (_, .rleDictionary) where leaf.physicalType != .boolean:
            return .indices(try Dictionary.indices(body, count: limit))

        case (.byteArray, .plain):
            return .plainByteArrays(PlainByteArrays(body: body))
        case (.byteArray, .deltaLengthByteArray):
            return .byteRuns(
                try DeltaLengthByteArray.decode(body, limit: limit, byteLimit: limits.pageByteCount), index: 0)
        case (.byteArray, .deltaByteArray):
            return .byteRuns(
                try DeltaByteArray.decode(body, limit: limit, byteLimit: limits.pageByteCount, before: before), index: 0
            )

        case (.int32, .plain), (.int64, .plain), (.int96, .plain), (.float, .plain), (.double, .plain),
            (.fixedLengthByteArray, .plain):
            return .fixedWidth(body, byteWidth: byteWidth(of: leaf), index: 0)
        case (.int32, .deltaBinaryPacked):
            var values = ByteBuilder(capacity: capacity(limit, 4, body))
            _ = try DeltaBinaryPacked.decode(
                body.span, as: Int32.self, limit: limit, byteLimit: limits.pageByteCount, into: &values)
            return .fixedWidth(values.freeze(), byteWidth: 4, index: 0)
        case (.int64, .deltaBinaryPacked):
            var values = ByteBuilder(capacity: capacity(limit, 8, body))
            _ = try DeltaBinaryPacked.decode(
                body.span, as: Int64.self, limit: limit, byteLimit: limits.pageByteCount, into: &values)
            return .fixedWidth(values.freeze(), byteWidth: 8, index: 0)
        case (.fixedLengthByteArray, .deltaByteArray):
            let width = leaf.typeLength
            let values = try DeltaByteArray.decodeFixedWidth(
                body, byteWidth: width, limit: limit, byteLimit: limits.pageByteCount, before: before)
            return .fixedWidth(values, byteWidth: width, index: 0)
        case (.int32, .byteStreamSplit), (.int64, .byteStreamSplit), (.float, .byteStreamSplit),
            (.double, .byteStreamSplit), (.fixedLengthByteArray, .byteStreamSplit):
            let width = byteWidth(of: leaf)
            var values = ByteBuilder(capacity: body.count)
            _ = try ByteStreamSplit.decode(body.span, byteWidth: width, into: &values)
            return .fixedWidth(values.freeze(), byteWidth: width, index: 0)
        case (.float, .alp):
            var values = ByteBuilder(capacity: capacity(limit, 4, body))
            _ = try ALP.decode(
                body.span, as: Float.self, limit: limit, byteLimit: limits.pageByteCount, into: &values)
            return .fixedWidth(values.freeze(), byteWidth: 4, index: 0)
        case (.double, .alp):
            var values = ByteBuilder(capacity: capacity(limit, 8, body))
            _ = try ALP.decode(
                body.span, as: Double.self, limit: limit, byteLimit: limits.pageByteCount, into: &values)
            return .fixedWidth(values.freeze(), byteWidth: 8, index: 0)

        default:
            throw DecodeFault(.unsupported(.encodingOfType(encoding.rawValue, leaf.physicalType.rawValue)))
        }
    }

    /// Decodes a dictionary page of `count` values.
    public static func dictionary(
        _ body: Bytes, encoding: Encoding, leaf: LeafColumn, count: Int
    ) throws(DecodeFault) -> DictionaryValues {
        switch (leaf.physicalType, encoding) {
        case (.byteArray, .plain), (.byteArray, .plainDictionary):
            return .byteRuns(try Plain.byteArrays(body, count: count))
        case (.int32, .plain), (.int64, .plain), (.int96, .plain), (.float, .plain), (.double, .plain),
            (.fixedLengthByteArray, .plain), (.int32, .plainDictionary), (.int64, .plainDictionary),
            (.int96, .plainDictionary), (.float, .plainDictionary), (.double, .plainDictionary),
            (.fixedLengthByteArray, .plainDictionary):
            let width = byteWidth(of: leaf)
            return .fixedWidth(try Plain.fixedWidth(body, byteWidth: width, count: count), byteWidth: width)
        default:
            throw DecodeFault(.unsupported(.encodingOfType(encoding.rawValue, leaf.physicalType.rawValue)))
        }
    }

    /// Bytes of one value of a leaf that has values of a fixed width.
    private static func byteWidth(of leaf: LeafColumn) -> Int {
        switch leaf.physicalType {
        case .int32, .float: 4
        case .int64, .double: 8
        case .int96: 12
        default: leaf.typeLength
        }
    }

    /// First guess of the memory for bit-packed values, never above sixteen times the bytes that are there.
    private static func capacity(_ limit: Int, _ byteWidth: Int, _ body: Bytes) -> Int {
        min(limit, body.count &* 2) &* byteWidth
    }

    /// The runs of a body that starts with their length in four bytes.
    private static func lengthPrefixed(_ body: Bytes) throws(DecodeFault) -> Bytes {
        var cursor = ByteCursor(body.span)
        let byteCount = Int(try cursor.read(UInt32.self))
        guard byteCount <= cursor.remaining else { throw DecodeFault(.truncated, at: body.count) }
        return body[4..<4 + byteCount]
    }
}
