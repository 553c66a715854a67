internal import HTTP

/// What is known of an object while it is read: what was asked for, and what the answers said.
struct ObjectRead {
    /// Why an answer is not what was asked for.
    struct Fault: Error, Equatable {
        let kind: S3Error.Kind
        let detail: String
    }

    /// The part asked for; nil is the whole object.
    let range: Range<Int64>?
    /// The content that every answer must be of, once one is known.
    private(set) var eTag: String?
    /// No more bytes than this are taken.
    let byteLimit: Int
    /// Number of bytes to get, once it is known.
    private(set) var byteCount: Int?
    /// Whether the present answer holds more than was asked for.
    private(set) var isCut = false

    /// So much of a whole object is read past where a server takes no notice of a range.
    static let maximumSkipByteCount: Int64 = 8 << 20

    init(range: Range<Int64>?, eTag: String?, byteLimit: Int) {
        self.range = range
        self.eTag = eTag
        self.byteLimit = byteLimit
        byteCount = range?.count
    }

    /// Returns the bytes to ask for when `receivedCount` are there; nil asks for the whole object.
    func rest(after receivedCount: Int) -> ClosedRange<Int64>? {
        let start = (range?.lowerBound ?? 0) + Int64(receivedCount)
        if let range { return start...(range.upperBound - 1) }
        guard receivedCount > 0, let byteCount else { return nil }
        return start...(Int64(byteCount) - 1)
    }

    /// Checks the head of an answer; returns how many of its bytes come before those wanted.
    mutating func accept(_ response: HTTPResponse, after receivedCount: Int) throws(Fault) -> Int {
        if let tag = response[header: "ETag"], !tag.isEmpty {
            if let eTag, eTag != tag {
                throw Fault(kind: .changed, detail: "the answer is of content \(tag), not \(eTag)")
            }
            eTag = tag
        }
        let length = response[header: "Content-Length"].flatMap { Int64($0) }
        guard let asked = rest(after: receivedCount) else {
            guard response.status == 200 else {
                throw Fault(kind: .invalidResponse, detail: "status \(response.status) for a whole object")
            }
            if let length {
                guard (0...Int64(byteLimit)).contains(length) else {
                    throw Fault(kind: .badRequest, detail: "the object has \(length) bytes, over \(byteLimit)")
                }
                byteCount = Int(length)
            }
            return 0
        }
        isCut = response.status == 200
        return isCut ? try skipCount(to: asked, length: length) : try checkRange(asked, response, length: length)
    }

    /// Returns where the wanted bytes start in an answer that holds the whole object.
    private func skipCount(to asked: ClosedRange<Int64>, length: Int64?) throws(Fault) -> Int {
        if let length, length <= asked.upperBound {
            throw Fault(
                kind: .changed, detail: "the object has \(length) bytes, and byte \(asked.upperBound) was asked for")
        }
        guard asked.lowerBound <= Self.maximumSkipByteCount else {
            throw Fault(
                kind: .badRequest,
                detail: "the server takes no notice of the range \(asked.lowerBound)-\(asked.upperBound)")
        }
        return Int(asked.lowerBound)
    }

    private func checkRange(
        _ asked: ClosedRange<Int64>, _ response: HTTPResponse, length: Int64?
    ) throws(Fault) -> Int {
        let text = response[header: "Content-Range"] ?? "no Content-Range"
        guard response.status == 206, let (given, total) = Self.contentRange(text) else {
            throw Fault(kind: .invalidResponse, detail: "status \(response.status) with \(text.prefix(64)) for a range")
        }
        if given.lowerBound == asked.lowerBound, let total, given.upperBound == total - 1,
            given.upperBound < asked.upperBound
        {
            throw Fault(
                kind: .changed, detail: "the object has \(total) bytes, and byte \(asked.upperBound) was asked for")
        }
        guard given == asked, length.map({ $0 == Int64(asked.count) }) ?? true else {
            throw Fault(
                kind: .invalidResponse,
                detail: "bytes \(asked.lowerBound)-\(asked.upperBound) were asked for, and \(text.prefix(64)) came")
        }
        return 0
    }

    /// Parses `bytes 0-9/100`, where the total may be `*`.
    static func contentRange(_ text: String) -> (ClosedRange<Int64>, total: Int64?)? {
        guard text.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let bounds = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = Int64(bounds[0]), let last = Int64(bounds[1]), first >= 0, last >= first
        else { return nil }
        if parts[1] == "*" { return (first...last, nil) }
        guard let total = Int64(parts[1]), total > last else { return nil }
        return (first...last, total)
    }
}
