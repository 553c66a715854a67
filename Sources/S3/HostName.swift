/// What a part of a host's name may be.
///
/// Spec: RFC 1123, section 2.1, and the functions of the endpoint rule set.
enum HostName {
    /// Returns whether a text can stand between two dots: letters, digits and inner hyphens, at most 63.
    static func isLabel(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...63).contains(bytes.count), bytes.first != hyphen, bytes.last != hyphen else { return false }
        return bytes.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
    }

    /// Returns whether a bucket's name can be the first part of a host.
    ///
    /// - `allowsDots` is false where a certificate covers one label only.
    static func canBegin(with bucket: String, allowsDots: Bool) -> Bool {
        guard (3...63).contains(bucket.utf8.count), !isIPv4(bucket),
            !bucket.utf8.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return false }
        let labels = bucket.split(separator: ".", omittingEmptySubsequences: false)
        return (allowsDots || labels.count == 1) && labels.allSatisfy { isLabel($0) }
    }

    /// Returns whether a host is an address of four numbers.
    static func isIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil && !$0.hasPrefix("+") }
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static let hyphen = UInt8(ascii: "-")
}
