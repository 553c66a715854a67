public import HTTP

/// The one form of a request that both sides of a signature agree on.
///
/// Spec: Signature Version 4, "Create a canonical request". What is signed is taken from what is sent, so the two
/// cannot differ.
public struct CanonicalRequest: Hashable, Sendable {
    /// The canonical text, ASCII.
    public let bytes: [UInt8]
    /// Lower-case names of the headers that are signed, in order, joined by `;`.
    public let signedHeaderNames: String

    /// Creates the canonical form of a request.
    ///
    /// - `target` is the path and query as sent. - `payloadHash` is what stands for the body.
    public init(
        method: String, target: String, headers: [HTTPHeader], payloadHash: String, rules: SigningRules
    ) {
        var text = [UInt8]()
        text.reserveCapacity(
            headers.reduce(target.utf8.count + payloadHash.utf8.count + 64) {
                $0 + $1.name.utf8.count * 2 + $1.value.utf8.count + 3
            })
        text.append(contentsOf: method.utf8)
        text.append(newline)
        let (path, query) = Self.split(target)
        Self.appendPath(path, rules: rules, to: &text)
        text.append(newline)
        if let query { Self.appendQuery(query, to: &text) }
        text.append(newline)

        let names = SignedHeaderNames(headers)
        var previous: Int?
        for name in names.sorted {
            if let previous, names.areEqual(previous, name) {
                // Lines of one name are one line; the newline written last becomes the comma.
                text[text.count - 1] = UInt8(ascii: ",")
            } else {
                text.append(contentsOf: names[name])
                text.append(UInt8(ascii: ":"))
            }
            Self.appendValue(headers[names.headerIndex(name)].value, to: &text)
            text.append(newline)
            previous = name
        }
        text.append(newline)
        let start = text.count
        previous = nil
        for name in names.sorted {
            if let previous {
                if names.areEqual(previous, name) { continue }
                text.append(UInt8(ascii: ";"))
            }
            text.append(contentsOf: names[name])
            previous = name
        }
        signedHeaderNames = String(decoding: text[start...], as: UTF8.self)
        text.append(newline)
        text.append(contentsOf: payloadHash.utf8)
        bytes = text
    }

    private static func split(_ target: String) -> (path: Substring.UTF8View, query: Substring.UTF8View?) {
        let whole = target[...].utf8
        guard let mark = whole.firstIndex(of: UInt8(ascii: "?")) else { return (whole, nil) }
        return (whole[..<mark], whole[whole.index(after: mark)...])
    }
}

private let newline = UInt8(ascii: "\n")

extension CanonicalRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What may be shown: the names of the headers; a value may be a session token.
    public var description: String { "CanonicalRequest(\(signedHeaderNames), redacted)" }
    /// What may be shown: the names of the headers.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

// MARK: - Path

extension CanonicalRequest {
    private static func appendPath(_ path: Substring.UTF8View, rules: SigningRules, to text: inout [UInt8]) {
        let start = text.count
        if rules.normalizesPath {
            appendNormalized(path, to: &text)
        } else {
            text.append(contentsOf: path)
        }
        if text.count == start { text.append(UInt8(ascii: "/")) }
        if rules.encodesPathAgain {
            let plain = Array(text[start...])
            text.removeSubrange(start...)
            PercentEncoding.append(plain, keeping: .path, to: &text)
        }
    }

    /// Appends a path without empty, `.` and `..` segments; a slash at its end stays.
    private static func appendNormalized(_ path: Substring.UTF8View, to text: inout [UInt8]) {
        var segments = [Substring.UTF8View]()
        for segment in path.split(separator: UInt8(ascii: "/")) {
            if segment.elementsEqual("..".utf8) {
                _ = segments.popLast()
            } else if !segment.elementsEqual(".".utf8) {
                segments.append(segment)
            }
        }
        for segment in segments {
            text.append(UInt8(ascii: "/"))
            text.append(contentsOf: segment)
        }
        if segments.isEmpty || path.last == UInt8(ascii: "/") { text.append(UInt8(ascii: "/")) }
    }
}

// MARK: - Query

extension CanonicalRequest {
    /// Appends the parameters sorted by name, then value, by bytes; a parameter without `=` gets one.
    ///
    /// They are encoded already, as sent; only bytes that no target may hold are encoded here.
    private static func appendQuery(_ query: Substring.UTF8View, to text: inout [UInt8]) {
        guard !query.isEmpty else { return }
        var parameters = query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { parameter in
            let mark = parameter.firstIndex(of: UInt8(ascii: "="))
            return (
                name: PercentEncoding.encode(parameter[..<(mark ?? parameter.endIndex)], keeping: .encoded),
                value: PercentEncoding.encode(
                    mark.map { parameter[parameter.index(after: $0)...] } ?? parameter[parameter.endIndex...],
                    keeping: .encoded)
            )
        }
        parameters.sort { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value)
                : left.name.lexicographicallyPrecedes(right.name)
        }
        for (index, parameter) in parameters.enumerated() {
            if index > 0 { text.append(UInt8(ascii: "&")) }
            text.append(contentsOf: parameter.name)
            text.append(UInt8(ascii: "="))
            text.append(contentsOf: parameter.value)
        }
    }
}

// MARK: - Headers

extension CanonicalRequest {
    /// Appends a value without white space at its ends, each run of white space inside as one space.
    private static func appendValue(_ value: String, to text: inout [UInt8]) {
        // Nearly every value is in that form; a token of 1,000 bytes then costs one copy.
        if isFolded(value) {
            text.append(contentsOf: value.utf8)
            return
        }
        var pendingSpace = false
        let start = text.count
        for byte in value.utf8 {
            if isSpace(byte) {
                pendingSpace = text.count > start
            } else {
                if pendingSpace { text.append(0x20) }
                pendingSpace = false
                text.append(byte)
            }
        }
    }

    private static func isFolded(_ value: String) -> Bool {
        let bytes = value.utf8.span
        // Without a branch in it, this loop looks at many bytes at once.
        var smallest = UInt8.max
        for index in bytes.indices { smallest = min(smallest, bytes[index]) }
        if smallest > 0x20 { return true }
        var previousIsSpace = true
        for index in bytes.indices {
            let byte = bytes[index]
            let isSpace = isSpace(byte)
            if isSpace && (previousIsSpace || byte != 0x20) { return false }
            previousIsSpace = isSpace
        }
        return bytes.isEmpty || !previousIsSpace
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
