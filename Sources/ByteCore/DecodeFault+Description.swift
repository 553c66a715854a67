extension DecodeFault.Kind: CustomStringConvertible {
    /// What is wrong, in words for the user.
    public var description: String {
        switch self {
        case .truncated: "the bytes end too early"
        case .malformed(let rule): rule.rawValue
        case .limit(let limit): "over the configured limit: \(limit.rawValue)"
        case .unsupported(let feature): "not supported: \(feature)"
        case .checksum: "the bytes do not match their checksum"
        case .keyMissing(let secret): "encrypted: \(secret.rawValue) is needed and was not given"
        case .authentication: "decryption failed: the key or AAD prefix is wrong, or the bytes were changed"
        }
    }
}

extension DecodeFault.Feature: CustomStringConvertible {
    /// The feature in words for the user.
    public var description: String {
        switch self {
        case .alpVariant(let mode, let integers): "ALP of compression mode \(mode) with integer encoding \(integers)"
        case .bloomFilter: "bloom filter of another kind"
        case .codec(let code): "compression codec \(Self.name(code, in: Self.codecNames))"
        case .columnKey(let code): "column key of kind \(code)"
        case .encoding(let code): "encoding \(Self.name(code, in: Self.encodingNames))"
        case .encodingOfType(let code, let type):
            "encoding \(Self.name(code, in: Self.encodingNames)) of \(Self.name(type, in: Self.typeNames))"
        case .encryptionAlgorithm(let code): "encryption algorithm \(code)"
        case .externalFile: "column chunk in another file"
        case .physicalType(let code): "physical type \(code)"
        case .variantType(let code): "type \(code) in a variant"
        case .variantVersion(let version): "variants of version \(version)"
        }
    }

    private static let codecNames = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"]

    private static let encodingNames = [
        "PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED",
        "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT", "ALP",
    ]

    private static let typeNames = [
        "BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY",
    ]

    private static func name(_ code: Int32, in names: [String]) -> String {
        names.indices.contains(Int(code)) ? "\(names[Int(code)]) (\(code))" : "\(code)"
    }
}

extension DecodeFault: CustomStringConvertible {
    /// What is wrong and where.
    public var description: String { "byte \(offset): \(kind)" }
}
