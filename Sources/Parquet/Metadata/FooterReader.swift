import ByteCore

/// Reads the footer of a file: its last `tailByteCount` bytes in one read, and a second read only where it is longer.
///
/// 64 KiB hold the footer of all but very wide files. `keys` are looked up here once, for the footer and every column;
/// a column without its key is only refused when it is asked for.
///
/// - Throws: `ParquetError` (`malformed` where the bytes are not Parquet, `keyMissing` where the footer is encrypted and
///   no key fits, `authentication` where a key does not), and what `source` throws.
public func readFooter(
    of source: some RandomAccessSource, limits: Limits = .default, keys: DecryptionKeys = .none,
    tailByteCount: Int64 = 64 << 10
) async throws -> FileMetadata {
    let fileByteCount = source.byteCount
    guard fileByteCount >= FooterTail.minimumFileByteCount else { throw ParquetError(kind: .malformed(.magicNumber)) }
    let tailRange = ByteRange(
        offset: fileByteCount - min(fileByteCount, max(tailByteCount, FooterTail.byteCount)),
        count: min(fileByteCount, max(tailByteCount, FooterTail.byteCount)))
    let tail = try await source.read(tailRange)
    guard Int64(tail.count) == tailRange.count else { throw ParquetError(kind: .truncated) }
    let end = try FooterTail(tail, fileByteCount: fileByteCount, limits: limits)
    let range = end.footer
    let footer: Bytes
    if range.offset >= tailRange.offset {
        let start = Int(range.offset - tailRange.offset)
        let window = tail[start..<start + Int(range.count)]
        // The footer is kept as long as the file is open; a small one must not keep the whole tail with it.
        footer = window.count < tail.count / 2 ? Bytes(copying: window.span) : window
    } else {
        footer = try await source.read(range)
        guard Int64(footer.count) == range.count else { throw ParquetError(kind: .truncated) }
    }
    do throws(ParquetError) {
        if end.isEncrypted { return try FileMetadata(encryptedFooter: footer, limits: limits, keys: keys) }
        return try FileMetadata(footer: footer, limits: limits, keys: keys)
    } catch {
        throw error.shifted(by: Int(range.offset))
    }
}

/// The last eight bytes of a file, which say where its footer is.
///
/// Spec: README, "File format".
struct FooterTail {
    /// Length and magic number.
    static let byteCount: Int64 = 8
    /// Magic number, length and magic number.
    static let minimumFileByteCount: Int64 = 12

    /// Where the footer is in the file.
    let footer: ByteRange
    /// Whether the footer is encrypted.
    let isEncrypted: Bool

    /// Reads the end of `tail`, which is the end of the file.
    init(_ tail: Bytes, fileByteCount: Int64, limits: Limits) throws(ParquetError) {
        let end = Int(fileByteCount)
        guard Int64(tail.count) >= Self.byteCount else {
            throw ParquetError(kind: .malformed(.magicNumber), offset: end)
        }
        let magic = tail.span.load(at: tail.count - 4, as: UInt32.self)
        switch magic {
        case Self.magic("PAR1"): isEncrypted = false
        case Self.magic("PARE"): isEncrypted = true
        default: throw ParquetError(kind: .malformed(.magicNumber), offset: end - 4)
        }
        // The length is unsigned; both magic numbers lie outside of the footer.
        let count = Int64(tail.span.load(at: tail.count - 8, as: UInt32.self))
        guard count > 0, count <= fileByteCount - Self.minimumFileByteCount else {
            throw ParquetError(kind: .malformed(.footerLength), offset: end - 8)
        }
        guard count <= Int64(limits.footerByteCount) else {
            throw ParquetError(kind: .limit(.footerSize), offset: end - 8)
        }
        footer = ByteRange(offset: fileByteCount - Self.byteCount - count, count: count)
    }

    private static func magic(_ text: StaticString) -> UInt32 {
        "\(text)".utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
