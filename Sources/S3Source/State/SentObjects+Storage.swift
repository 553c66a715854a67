import Crypto
import S3

extension SentObjects {
    /// What is said of a record as a whole.
    ///
    /// Shape: `1:`, the number of parts, of objects, and a time, with colons between. The time counts the changes of a
    /// table's records, of whatever shards, so that of two records it tells the newer.
    struct Head: Hashable, Sendable {
        /// Number of parts, a power of two.
        let partCount: Int
        let objectCount: Int
        let time: Int64

        static let maximumPartCount = 1 << 16

        init(partCount: Int, objectCount: Int, time: Int64) {
            (self.partCount, self.objectCount, self.time) = (partCount, objectCount, time)
        }

        init(_ text: String) throws(StateError) {
            let fields = text.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 4, fields[0] == "1", let partCount = Int(fields[1]), let objectCount = Int(fields[2]),
                let time = Int64(fields[3]), (1...Self.maximumPartCount).contains(partCount),
                partCount & (partCount - 1) == 0, (0...1 << 40).contains(objectCount), (0...1 << 60).contains(time)
            else { throw .unknownForm }
            self.init(partCount: partCount, objectCount: objectCount, time: time)
        }

        var text: String { "1:\(partCount):\(objectCount):\(time)" }
    }

    /// Returns the text of a part.
    ///
    /// Shape: `1:`, then a line for each object in the order of keys: how many bytes the key shares with the one before,
    /// the rest of it, and its tags with commas between. Bytes other than visible ASCII, `%` and `,` are `%XX`.
    static func text(of entries: some Sequence<(key: ObjectKey, value: [String])>) -> String {
        var text = Array(version.utf8)
        var last: [UInt8] = []
        for (key, eTags) in entries.sorted(by: { $0.key < $1.key }) {
            let shared = zip(last, key.bytes).prefix { $0 == $1 }.count
            text.append(contentsOf: "\n\(shared) ".utf8)
            append(key.bytes[shared...], to: &text)
            for (index, eTag) in eTags.enumerated() {
                text.append(UInt8(ascii: index == 0 ? " " : ","))
                append(eTag.utf8, to: &text)
            }
            last = key.bytes
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Returns the entries of a part; an empty text was never set.
    static func entries(of text: String) throws(StateError) -> [ObjectKey: [String]] {
        if text.isEmpty { return [:] }
        guard text.utf8.starts(with: version.utf8) else { throw .unknownForm }
        var entries: [ObjectKey: [String]] = [:]
        var last: [UInt8] = []
        for line in text.utf8.dropFirst(version.utf8.count).split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard fields.count == 3, let shared = Int(String(decoding: fields[0], as: UTF8.self)),
                (0...last.count).contains(shared), let rest = PercentText.decoded(fields[1])
            else { throw .unknownForm }
            last.replaceSubrange(shared..., with: rest)
            var eTags: [String] = []
            for field in fields[2].split(separator: UInt8(ascii: ",")) {
                guard let bytes = PercentText.decoded(field) else { throw .unknownForm }
                eTags.append(String(decoding: bytes, as: UTF8.self))
            }
            entries[ObjectKey(last)] = eTags
        }
        return entries
    }

    private static let version = "1:"

    private static func append(_ bytes: some Sequence<UInt8>, to text: inout [UInt8]) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: ","): break
            case 0x21...0x7E:
                text.append(byte)
                continue
            default: break
            }
            text.append(UInt8(ascii: "%"))
            Hex.append(byte, to: &text)
        }
    }
}
