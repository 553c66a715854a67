/// The bounds on what a file may ask for; the numbers of a file are checked against them before they are used.
public struct Limits: Hashable, Sendable {
    /// Values of one column in a batch, with nulls and empty lists. A few bytes of a page can claim billions of them;
    /// 65,536 rows of vectors of 4,096 numbers are just as many.
    public var batchValueCount = 1 << 28
    /// Bytes of the footer. A footer is parsed whole, into about three times its bytes; the widest seen have tens of
    /// megabytes.
    public var footerByteCount = 128 << 20
    /// Elements of the schema. Each costs some hundred bytes; tables of 100,000 columns exist.
    public var schemaElementCount = 1 << 18
    /// Depth of the schema and of unknown metadata. Levels are kept in one byte each.
    public var nestingDepth = 255
    /// Bytes in which the header of a page is looked for. Statistics in it may hold two long values.
    public var pageHeaderByteCount = 16 << 20
    /// Bytes of one page, decompressed. The format stores the size in 31 bits; lower it to bound memory.
    public var pageByteCount = Int(Int32.max)
    /// Whether the checksum of a page is compared where it has one.
    public var verifiesChecksums = true

    /// Creates the default bounds.
    public init() {}

    /// Bounds that every sane file keeps.
    public static let `default` = Limits()
}
