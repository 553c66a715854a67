/// Departures from the format that bytes do not show, known by the name of the writer.
public struct WriterQuirks: OptionSet, Hashable, Sendable {
    /// Bits of the set.
    public let rawValue: UInt8

    /// Creates a set of its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Deprecated bit-packed levels have the lowest bit first; the format has the highest first.
    public static let levelsLowestBitFirst = WriterQuirks(rawValue: 1)
    /// The previous value of DELTA_BYTE_ARRAY is that of the page before; the format starts each page anew.
    public static let deltaByteArraysAcrossPages = WriterQuirks(rawValue: 2)

    /// Creates the quirks of a writer as it names itself in the footer.
    public init(createdBy: String?) {
        self = []
        guard let words = createdBy?.split(separator: " "), let name = words.first else { return }
        if name == "impala" { insert(.levelsLowestBitFirst) }
        if name == "parquet-mr", Self.isBelow1Point8(words) { insert(.deltaByteArraysAcrossPages) }
    }

    /// Whether `parquet-mr version 1.7.0 (build …)` is older than 1.8; one without a version is.
    private static func isBelow1Point8(_ words: [Substring]) -> Bool {
        guard words.count >= 3, words[1] == "version" else { return true }
        let numbers = words[2].split(separator: ".").prefix(2).map { Int($0) }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return true }
        return (major, minor) < (1, 8)
    }
}
