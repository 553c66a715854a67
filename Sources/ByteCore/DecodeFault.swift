/// Why bytes could not be decoded, and where. Trivial, so that throwing it costs nothing in hot code.
public struct DecodeFault: Error, Hashable, Sendable {
    /// What is wrong with the bytes, by what the reader of the error can do about it.
    public enum Kind: Hashable, Sendable {
        /// The bytes end before the value does.
        case truncated
        /// The bytes break a rule of the format.
        case malformed(Rule)
        /// The bytes ask for more than the configured bound.
        case limit(Limit)
        /// The bytes use a feature this reader does not have.
        case unsupported(Feature)
        /// The bytes do not match their checksum.
        case checksum
        /// The bytes are encrypted, and what opens them was not given.
        case keyMissing(Secret)
        /// The bytes do not decrypt by what was given: it is wrong, or they were changed.
        case authentication
    }

    /// What is wrong.
    public let kind: Kind
    /// Position of the fault in bytes from the start of what was being decoded.
    public var offset: Int

    /// Creates a fault at a byte offset.
    public init(_ kind: Kind, at offset: Int = 0) {
        self.kind = kind
        self.offset = offset
    }

    /// A value that breaks a rule.
    public static func malformed(_ rule: Rule, at offset: Int = 0) -> DecodeFault {
        DecodeFault(.malformed(rule), at: offset)
    }

    /// Returns the same fault seen from bytes that start `offset` earlier.
    public func shifted(by offset: Int) -> DecodeFault {
        DecodeFault(kind, at: self.offset &+ offset)
    }
}
