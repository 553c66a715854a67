/// A cyclic redundancy check over bytes that come in pieces: reflected, starting with and inverted by all ones.
///
/// Eight bytes are taken at once by eight tables. Spec: Kounavis and Berry, "Novel Table Lookup-Based Algorithms for
/// High-Performance CRC Generation".
@safe
public struct CyclicRedundancyCheck: Sendable {
    /// The polynomials in use.
    public enum Polynomial: CaseIterable, Sendable {
        /// That of Ethernet, gzip and PNG.
        case crc32
        /// Castagnoli's.
        case crc32C
        /// The 64 bits of the NVM Express specification.
        case crc64NVME

        /// Number of bytes of a value.
        public var byteCount: Int {
            switch self {
            case .crc32, .crc32C: 4
            case .crc64NVME: 8
            }
        }

        /// The polynomial without its highest term, lowest term first.
        fileprivate var reversed: UInt64 {
            switch self {
            case .crc32: 0xEDB8_8320
            case .crc32C: 0x82F6_3B78
            case .crc64NVME: 0x9A6C_9329_AC4B_C9B5
            }
        }

        fileprivate var table: Table {
            switch self {
            case .crc32: Table.crc32
            case .crc32C: Table.crc32C
            case .crc64NVME: Table.crc64NVME
            }
        }

        /// All bits of a value.
        fileprivate var mask: UInt64 { UInt64.max >> UInt64(64 - 8 * byteCount) }
    }

    private let polynomial: Polynomial
    private let table: Table
    private var state: UInt64

    /// Creates a check of no bytes.
    public init(_ polynomial: Polynomial) {
        self.polynomial = polynomial
        table = polynomial.table
        state = polynomial.mask
    }

    /// The value for all bytes added.
    public var value: UInt64 { state ^ polynomial.mask }

    /// Adds bytes.
    public mutating func update(_ span: RawSpan) {
        state = unsafe span.withUnsafeBytes { bytes in unsafe Self.advance(state, over: bytes, by: table.entries) }
    }

    /// The value for all bytes added, highest byte first.
    public var bytes: [UInt8] {
        (0..<polynomial.byteCount).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    private static func advance(
        _ state: UInt64, over bytes: UnsafeRawBufferPointer, by table: UnsafePointer<UInt64>
    ) -> UInt64 {
        var state = state
        var offset = 0
        // Each index is below 2048, the number of entries: eight bits and a multiple of 256 below 2048.
        while offset &+ 8 <= bytes.count {
            let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ state
            var next = unsafe table[Int(truncatingIfNeeded: word >> 56)]
            next ^= unsafe table[256 | Int(truncatingIfNeeded: word >> 48 & 0xFF)]
            next ^= unsafe table[512 | Int(truncatingIfNeeded: word >> 40 & 0xFF)]
            next ^= unsafe table[768 | Int(truncatingIfNeeded: word >> 32 & 0xFF)]
            next ^= unsafe table[1_024 | Int(truncatingIfNeeded: word >> 24 & 0xFF)]
            next ^= unsafe table[1_280 | Int(truncatingIfNeeded: word >> 16 & 0xFF)]
            next ^= unsafe table[1_536 | Int(truncatingIfNeeded: word >> 8 & 0xFF)]
            next ^= unsafe table[1_792 | Int(truncatingIfNeeded: word & 0xFF)]
            state = next
            offset &+= 8
        }
        while offset < bytes.count {
            state = unsafe state >> 8 ^ table[Int(truncatingIfNeeded: (state ^ UInt64(bytes[offset])) & 0xFF)]
            offset &+= 1
        }
        return state
    }
}

/// Eight times 256 entries: what a byte becomes after it and 0 to 7 zeros were taken. Never written after it is made.
@safe
private final class Table: @unchecked Sendable {
    static let crc32 = Table(.crc32)
    static let crc32C = Table(.crc32C)
    static let crc64NVME = Table(.crc64NVME)

    let entries: UnsafePointer<UInt64>

    init(_ polynomial: CyclicRedundancyCheck.Polynomial) {
        let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: 8 * 256)
        for byte in 0..<256 {
            var entry = UInt64(byte)
            for _ in 0..<8 { entry = entry >> 1 ^ (entry & 1 == 1 ? polynomial.reversed : 0) }
            unsafe (memory + byte).initialize(to: entry)
        }
        for index in 256..<8 * 256 {
            let before = unsafe memory[index - 256]
            unsafe (memory + index).initialize(to: before >> 8 ^ memory[Int(before & 0xFF)])
        }
        unsafe entries = UnsafePointer(memory)
    }

    deinit { unsafe entries.deallocate() }
}
