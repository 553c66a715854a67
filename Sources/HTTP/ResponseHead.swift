/// The head of a response as its lines arrive.
///
/// Spec: RFC 9112, 4 and 5.
struct ResponseHead: Sendable {
    /// Most bytes of all heads of one request, interim responses among them; S3 sends about 1 KiB.
    static let byteLimit = 256 * 1024

    /// The status code of the last status line.
    private(set) var status = 0
    /// Header lines after the last status line.
    private(set) var headers: [HTTPHeader] = []
    /// Whether the empty line after a final response has arrived.
    private(set) var isComplete = false
    private var byteCount = 0
    private var expectsStatusLine = true

    /// Why a line was refused.
    enum Fault: Error {
        case malformed
        case tooLong
    }

    /// Adds one line, its line break included. An interim response (1xx) is dropped when it is complete.
    mutating func append(line: ArraySlice<UInt8>) throws(Fault) {
        byteCount += line.count
        guard byteCount <= Self.byteLimit else { throw .tooLong }
        let text = line.trimmed { $0 == 0x0D || $0 == 0x0A }
        if expectsStatusLine {
            status = try Self.status(of: text)
            expectsStatusLine = false
        } else if text.isEmpty {
            expectsStatusLine = true
            isComplete = status >= 200
            if !isComplete { headers = [] }
        } else if text.first == 0x20 || text.first == 0x09 {
            try fold(text)
        } else {
            guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex else { throw .malformed }
            let name = String(decoding: text[..<colon], as: UTF8.self)
            headers.append(HTTPHeader(name, Self.value(text[colon...].dropFirst())))
        }
    }

    /// A line that starts with white space continues the value before it.
    private mutating func fold(_ text: ArraySlice<UInt8>) throws(Fault) {
        guard let last = headers.popLast() else { throw .malformed }
        headers.append(HTTPHeader(last.name, last.value + " " + Self.value(text)))
    }

    private static func value(_ text: ArraySlice<UInt8>) -> String {
        String(decoding: text.trimmed { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
    }

    private static func status(of line: ArraySlice<UInt8>) throws(Fault) -> Int {
        guard line.starts(with: "HTTP/".utf8), let space = line.firstIndex(of: 0x20) else { throw .malformed }
        let code = line[space...].dropFirst().prefix { $0 != 0x20 }
        guard code.count == 3, let status = Int(String(decoding: code, as: UTF8.self)), status >= 100 else {
            throw .malformed
        }
        return status
    }
}

extension ArraySlice<UInt8> {
    /// The elements without those at both ends that `isPadding` names.
    fileprivate func trimmed(_ isPadding: (UInt8) -> Bool) -> ArraySlice {
        var rest = drop(while: isPadding)
        while let last = rest.last, isPadding(last) { rest.removeLast() }
        return rest
    }
}
