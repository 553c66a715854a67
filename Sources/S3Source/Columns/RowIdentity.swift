import ByteCore
import Crypto

/// The `_cq_id` of every row of an object: a UUID from bucket, key and row number, the same on every sync.
///
/// Shape: version 8 (RFC 9562, section 5.8). The first 64 bits come from SHA-256 of bucket and key, the last 62 are
/// the hash's next bits plus the row number, so the rows of an object never collide and neighbours stay neighbours
/// in a destination's index.
struct RowIdentity {
    private let high: UInt64
    private let low: UInt64

    init(bucket: String, key: [UInt8]) {
        let digest = SHA256.hash(Array(bucket.utf8) + [0] + key).bytes
        func word(at start: Int) -> UInt64 { (start..<start + 8).reduce(0) { $0 << 8 | UInt64(digest[$1]) } }
        high = word(at: 0) & ~0xF000 | 0x8000
        low = word(at: 8)
    }

    /// Appends the 16 bytes of the id of a row.
    func append(row: Int, to builder: inout ByteBuilder) {
        let variantMask: UInt64 = 0x3FFF_FFFF_FFFF_FFFF
        let rowBits = (low &+ UInt64(truncatingIfNeeded: row)) & variantMask | 0x8000_0000_0000_0000
        builder.append(high.byteSwapped)
        builder.append(rowBits.byteSwapped)
    }
}
