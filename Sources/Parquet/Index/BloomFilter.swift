public import ByteCore

/// A set of the values of a column chunk that may say yes wrongly, but never no.
///
/// Spec: BloomFilter.md.
public struct BloomFilter: Sendable {
    /// Blocks of eight 32-bit words.
    private let bitset: Bytes

    private static let blockByteCount = 32
    private static let salts: [UInt32] = [
        0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D, 0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947, 0x5C6B_FB31,
    ]

    /// Reads a filter with its header; bytes may follow. `decryptor` is that of its chunk.
    ///
    /// - Throws: `authentication`, `truncated`, `malformed`, and `unsupported` where hash, algorithm or compression is not the one that
    ///   the format has so far. The data can be read without the filter.
    public init(
        _ bytes: Bytes, limits: Limits = .default, decryptor: ModuleDecryptor? = nil
    ) throws(ParquetError) {
        do throws(DecodeFault) {
            if let decryptor {
                // Header and blocks are two modules.
                let header = try decryptor.openPrefix(of: bytes, .bloomFilterHeader)
                var reader = CompactReader(header.plaintext.span, depthLimit: limits.nestingDepth)
                let byteCount = try Self.header(&reader)
                let rest = bytes[header.byteCount..<bytes.count]
                bitset = try decryptor.openPrefix(of: rest, .bloomFilterBitset).plaintext
                guard bitset.count == byteCount else { throw .malformed(.bloomFilterSize) }
                return
            }
            var reader = CompactReader(bytes.span, depthLimit: limits.nestingDepth)
            let byteCount = try Self.header(&reader)
            guard byteCount <= bytes.count - reader.offset else { throw DecodeFault(.truncated, at: bytes.count) }
            bitset = bytes[reader.offset..<reader.offset + byteCount]
        } catch {
            throw ParquetError(error)
        }
    }

    private static func header(_ reader: inout CompactReader) throws(DecodeFault) -> Int {
        var byteCount: Int32?
        var areKnown = true
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: byteCount = try reader.int32(field)
            // Unions of which the first member is the only one.
            case 2, 3, 4: if try reader.structure(field), try reader.unionMember() != 1 { areKnown = false }
            default: try reader.skip(field.type)
            }
        }
        guard let byteCount else { throw .malformed(.missingField) }
        guard areKnown else { throw DecodeFault(.unsupported(.bloomFilter)) }
        guard byteCount > 0, Int(byteCount) % blockByteCount == 0 else { throw .malformed(.bloomFilterSize) }
        return Int(byteCount)
    }

    /// Returns whether a value may be in the column; false is certain.
    ///
    /// The value is in PLAIN encoding of the column's physical type, without a length.
    public func mayContain(_ value: Bytes) -> Bool { mayContain(hash: XXHash64.hash(value.span)) }

    func mayContain(hash: UInt64) -> Bool {
        let blockCount = UInt64(bitset.count / Self.blockByteCount)
        let block = Int(((hash >> 32) &* blockCount) >> 32)
        let span = bitset.span
        for (index, salt) in Self.salts.enumerated() {
            let bit = (UInt32(truncatingIfNeeded: hash) &* salt) >> 27
            let word = span.load(at: block * Self.blockByteCount + index * 4, as: UInt32.self)
            if word >> bit & 1 == 0 { return false }
        }
        return true
    }
}

extension CompactReader {
    /// Reads a union and returns the number of its member, 0 where it is empty.
    mutating func unionMember() throws(DecodeFault) -> Int32 {
        var member: Int32 = 0
        var field = Field()
        while try next(&field) {
            member = field.id
            try skip(field.type)
        }
        return member
    }
}
