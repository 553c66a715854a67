internal import ByteCore
internal import HTTP

/// What is known of an object while it is read: what was asked for, what the answers said, and the bytes so far.
struct ObjectRead {
    /// Why an answer is not what was asked for. The detail repeats what the server said, whatever that is.
    struct Fault: Error, Equatable {
        let kind: S3Error.Kind
        let detail: String
    }

    /// The part asked for; nil is the whole object.
    let range: Range<Int64>?
    /// The content that every answer must be of.
    private let pin: ObjectPin
    /// No more bytes than this are taken.
    let byteLimit: Int
    /// Number of bytes to get, once it is known.
    private(set) var byteCount: Int?
    /// Number of bytes there are.
    private(set) var receivedCount = 0
    /// Whether the present answer holds the whole object although a part was asked for.
    private(set) var isCut = false
    /// Number of the present answer's bytes before those asked for.
    private(set) var skipCount = 0
    private var parts: [Bytes] = []
    /// The checksum of the whole object, where it is read and an answer named one.
    private(set) var checksum: ObjectChecksum?

    private let ranges: RangeSupport

    init(range: Range<Int64>?, pin: ObjectPin, byteLimit: Int, ranges: RangeSupport) {
        self.range = range
        self.pin = pin
        self.byteLimit = byteLimit
        self.ranges = ranges
        byteCount = range?.count ?? pin.byteCount.map { Int(clamping: $0) }
    }

    /// The bytes still to ask for; nil asks for the whole object.
    var rest: ClosedRange<Int64>? {
        let start = (range?.lowerBound ?? 0) + Int64(receivedCount)
        if let range { return start...(range.upperBound - 1) }
        guard receivedCount > 0, let byteCount else { return nil }
        return start...(Int64(byteCount) - 1)
    }

    /// Number of bytes still to come, or that are taken at most.
    var missingCount: Int { (byteCount ?? byteLimit) - receivedCount }

    /// Whether all bytes are there.
    var isComplete: Bool { receivedCount == byteCount }

    /// All bytes that are there.
    var content: Bytes { Bytes(joining: parts) }

    /// Adds bytes after those there are.
    mutating func append(_ bytes: Bytes) {
        guard !bytes.isEmpty else { return }
        parts.append(bytes)
        receivedCount += bytes.count
    }

    /// Counts bytes that came after those there are and were passed on.
    mutating func pass(_ bytes: Bytes) { receivedCount += bytes.count }

    /// Drops the bytes that no later answer can be joined to: without a tag nothing says that it is of the same content,
    /// without a length nothing says what the rest is.
    mutating func dropUnlessResumable() {
        guard pin.eTag == nil || byteCount == nil else { return }
        parts = []
        receivedCount = 0
    }

    /// Checks the content against the checksum that came with it; what does not match is dropped.
    mutating func verify() throws(Fault) {
        guard let checksum, !checksum.matches(content) else { return }
        parts = []
        receivedCount = 0
        throw Fault(
            kind: .invalidResponse,
            detail: "the content does not have the \(checksum.algorithm.rawValue) that came with it")
    }

    /// Checks the head of an answer to the request for `rest`.
    mutating func accept(_ response: HTTPResponse) throws(Fault) {
        (isCut, skipCount) = (false, 0)
        let length = response[header: "Content-Length"].flatMap { Int64($0) }
        try checkCoding(response, length: length)
        if pin.matches(response) == false {
            let (wanted, answered) = (pin.eTag ?? "", response[header: "ETag"] ?? "")
            throw Fault(kind: .changed, detail: "content \(wanted) was asked for, and \(answered) came")
        }
        pin.note(response)
        guard let rest else { return try acceptWhole(response, length: length) }
        if response.status == 200 {
            try acceptCut(to: rest, response, length: length)
        } else {
            try checkRange(rest, response, length: length)
        }
    }

    /// Refuses an answer that something on the way has compressed. An object may be stored with a coding of its own,
    /// and then has the length that is expected.
    private func checkCoding(_ response: HTTPResponse, length: Int64?) throws(Fault) {
        guard let coding = response[header: "Content-Encoding"], coding.lowercased() != "identity", !coding.isEmpty,
            let expected = rest.map({ Int64($0.count) }) ?? pin.byteCount, length != expected
        else { return }
        throw Fault(
            kind: .invalidResponse,
            detail: "\(expected) bytes were asked for as they are, and the answer is encoded: \(coding)")
    }

    private mutating func acceptWhole(_ response: HTTPResponse, length: Int64?) throws(Fault) {
        guard response.status == 200 else {
            throw Fault(kind: .invalidResponse, detail: "status \(response.status) for a whole object")
        }
        checksum = ObjectChecksum(response)
        guard let length else { return }
        guard (0...Int64(byteLimit)).contains(length) else {
            throw Fault(kind: .badRequest, detail: "the object has \(length) bytes, over \(byteLimit)")
        }
        if let size = pin.byteCount, size != length {
            throw Fault(
                kind: sizeFault(response), detail: "the object has \(length) bytes, and \(size) were listed")
        }
        byteCount = Int(length)
    }

    private mutating func acceptCut(
        to rest: ClosedRange<Int64>, _ response: HTTPResponse, length: Int64?
    ) throws(Fault) {
        if let length, length <= rest.upperBound { throw Self.shorter(length, rest) }
        // All of the object was asked for, and some servers then leave out that it is a part.
        if rest.lowerBound == 0, length == Int64(rest.count) { return }
        if let length, let size = pin.byteCount, size != length {
            throw Fault(
                kind: sizeFault(response), detail: "the object has \(length) bytes, and \(size) were listed")
        }
        let toEnd = rest.upperBound + 1 == pin.byteCount ?? length
        guard ranges.takesPart(from: rest.lowerBound, toEnd: toEnd) else {
            throw Fault(
                kind: .invalidResponse,
                detail: "the server takes no notice of the range \(rest.lowerBound)-\(rest.upperBound)")
        }
        isCut = true
        skipCount = Int(rest.lowerBound)
    }

    private func checkRange(
        _ rest: ClosedRange<Int64>, _ response: HTTPResponse, length: Int64?
    ) throws(Fault) {
        let text = response[header: "Content-Range"] ?? "no Content-Range"
        guard response.status == 206, let (given, total) = Self.contentRange(text) else {
            throw Fault(kind: .invalidResponse, detail: "status \(response.status) with \(text) for a range")
        }
        if let total, let size = pin.byteCount, total != size {
            throw Fault(
                kind: sizeFault(response), detail: "the object has \(total) bytes, and \(size) were listed")
        }
        if given.lowerBound == rest.lowerBound, let total, given.upperBound == total - 1,
            given.upperBound < rest.upperBound
        {
            throw Self.shorter(total, rest)
        }
        guard given == rest, length.map({ $0 == Int64(rest.count) }) ?? true else {
            throw Fault(
                kind: .invalidResponse,
                detail: "bytes \(rest.lowerBound)-\(rest.upperBound) were asked for, and \(text) came")
        }
        ranges.noteRange()
    }

    /// What another size than the listed one means: another content, unless the answer says that it is the same.
    private func sizeFault(_ response: HTTPResponse) -> S3Error.Kind {
        pin.matches(response) == true ? .invalidResponse : .changed
    }

    private static func shorter(_ total: Int64, _ rest: ClosedRange<Int64>) -> Fault {
        Fault(kind: .changed, detail: "the object has \(total) bytes, and byte \(rest.upperBound) was asked for")
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
