internal import HTTP

/// The names of the headers that a signature covers, in lower case, in the order in which they are signed.
///
/// All names lie in one array: a request has few headers, and a string for each costs more than the signature's hashes.
struct SignedHeaderNames {
    private struct Name {
        let headerIndex: Int
        let start: Int
        let end: Int
    }

    private var letters: [UInt8] = []
    private var names: [Name] = []
    /// Numbers of the names: sorted by their bytes, equal ones in the order in which they came.
    private(set) var sorted: [Int] = []

    init(_ headers: [HTTPHeader]) {
        letters.reserveCapacity(headers.reduce(0) { $0 + $1.name.utf8.count })
        names.reserveCapacity(headers.count)
        sorted.reserveCapacity(headers.count)
        for (index, header) in headers.enumerated() {
            let start = letters.count
            for byte in header.name.utf8 { letters.append(ASCII.lowercased(byte)) }
            if Self.isNeverSigned(letters[start...]) {
                letters.removeSubrange(start...)
                continue
            }
            names.append(Name(headerIndex: index, start: start, end: letters.count))
            insert(names.count - 1)
        }
    }

    /// The bytes of a name.
    subscript(name: Int) -> ArraySlice<UInt8> { letters[names[name].start..<names[name].end] }

    /// Returns which of the headers has the name.
    func headerIndex(_ name: Int) -> Int { names[name].headerIndex }

    /// Returns whether two headers have one name.
    func areEqual(_ left: Int, _ right: Int) -> Bool { self[left] == self[right] }

    /// Puts a name behind those that are not after it.
    private mutating func insert(_ name: Int) {
        var position = sorted.count
        while position > 0, self[name].lexicographicallyPrecedes(self[sorted[position - 1]]) { position -= 1 }
        sorted.insert(name, at: position)
    }

    /// Headers that the client library or a proxy may add or change after the request was signed.
    private static let neverSigned = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ].map { Array($0.utf8) }

    private static func isNeverSigned(_ name: ArraySlice<UInt8>) -> Bool {
        neverSigned.contains { $0.count == name.count && $0[...] == name }
    }
}

/// Letters of ASCII without regard to case.
enum ASCII {
    static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Returns whether two texts differ at most in case; `lowercase` has none of upper case.
    static func isEqual(_ text: String, to lowercase: String) -> Bool {
        guard text.utf8.count == lowercase.utf8.count else { return false }
        return zip(text.utf8, lowercase.utf8).allSatisfy { lowercased($0) == $1 }
    }
}
