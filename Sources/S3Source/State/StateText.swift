import Crypto

/// The text of a list of numbers, as it is kept in a state: its version, then items, each with a comma at its end.
struct StateText {
    private var bytes: [UInt8]

    /// Begins a list.
    init(_ version: String) { bytes = Array(version.utf8) }

    /// The text.
    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Adds bits to an item, as hexadecimal digits.
    mutating func append(bits: UInt64, count: Int) {
        for shift in stride(from: count - 8, through: 0, by: -8) {
            Hex.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)), to: &bytes)
        }
    }

    /// Adds a time, which ends the item.
    mutating func append(seconds: Int64) {
        bytes.append(UInt8(ascii: "@"))
        bytes.append(contentsOf: String(seconds).utf8)
        bytes.append(UInt8(ascii: ","))
    }

    /// Adds a content and the hash of its key, which ends the item.
    mutating func append(_ hash: UInt64, _ content: TableState.Content) {
        append(bits: hash, count: 64)
        append(bits: UInt64(content.fingerprint), count: 32)
        append(seconds: content.seconds)
    }

    /// Reads a list item by item, without a copy of it.
    struct Reader {
        private var rest: Substring.UTF8View.Iterator
        private var next: UInt8?

        /// Starts at the first item; nil where the list is of another version.
        init?(_ text: String, version: String) {
            guard text.utf8.starts(with: version.utf8) else { return nil }
            rest = text.utf8.dropFirst(version.utf8.count).makeIterator()
            next = rest.next()
        }

        /// Whether there is no other item.
        var isAtEnd: Bool { next == nil }

        /// Reads a number of so many bits, in hexadecimal digits.
        mutating func bits(_ count: Int) throws(StateError) -> UInt64 {
            var number: UInt64 = 0
            for _ in 0..<count / 4 {
                guard let digit = next, let value = Hex.value(of: digit) else { throw .unknownForm }
                number = number << 4 | UInt64(value)
                next = rest.next()
            }
            return number
        }

        /// Reads the hash of a key, a content of it and the end of the item.
        mutating func content() throws(StateError) -> (hash: UInt64, content: TableState.Content) {
            let hash = try bits(64)
            let fingerprint = UInt32(truncatingIfNeeded: try bits(32))
            return (hash, TableState.Content(fingerprint: fingerprint, seconds: try seconds()))
        }

        /// Reads a time and the end of the item.
        mutating func seconds() throws(StateError) -> Int64 {
            guard next == UInt8(ascii: "@") else { throw .unknownForm }
            var digits: [UInt8] = []
            while let byte = rest.next(), byte != UInt8(ascii: ","), digits.count < 20 { digits.append(byte) }
            guard let seconds = Int64(String(decoding: digits, as: UTF8.self)) else { throw .unknownForm }
            next = rest.next()
            return seconds
        }
    }
}
