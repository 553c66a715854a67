/// The bounds on what a file may ask for; the numbers of a file are checked against them before they are used.
public struct Limits: Hashable, Sendable {
    /// Bytes of the values of one column in a batch. Offsets of 32 bits count no more; a few bytes of indices can ask
    /// for the same long value of a dictionary any number of times.
    public var batchByteCount = Int(Int32.max)
    /// Values of one column in a batch, with nulls and empty lists. A few bytes of a page can claim billions of them;
    /// 65,536 rows of vectors of 4,096 numbers are just as many.
    public var batchValueCount = 1 << 28
    /// Bytes that one byte of a compressed page may stand for where the codec's own format has no bound, which only
    /// Brotli's has not. Pages of nothing but one value reach a million.
    public var compressionRatio = 1 << 22
    /// Bytes of a dictionary, decompressed. It stays in memory as long as its chunk is read, in two forms where values
    /// are converted. Some writers have no bound of their own.
    public var dictionaryByteCount = Int(Int32.max)
    /// Bytes of the footer. A footer is parsed whole, into about three times its bytes; the widest seen have tens of
    /// megabytes.
    public var footerByteCount = 128 << 20
    /// Elements of the schema. Each costs some hundred bytes; tables of 100,000 columns exist.
    public var schemaElementCount = 1 << 18
    /// Depth of the schema and of unknown metadata. Levels are kept in one byte each.
    public var nestingDepth = 255
    /// Bytes in which the header of a page is looked for. Statistics in it may hold two long values.
    public var pageHeaderByteCount = 16 << 20
    /// Bytes of one page, decompressed, and of its values, decoded: some encodings make any number of values of few
    /// bytes. The format stores the size in 31 bits; lower it to bound memory.
    public var pageByteCount = Int(Int32.max)
    /// Whether the checksum of a page is compared where it has one.
    public var verifiesChecksums = true

    /// Creates the default bounds.
    public init() {}

    /// Bounds that every sane file keeps.
    public static let `default` = Limits()
}
