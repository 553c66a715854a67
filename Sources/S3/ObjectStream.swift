public import ByteCore
internal import HTTP

/// The bytes of one content of an object in their order, by one request as long as nothing breaks.
///
/// While nobody reads, little more is received. A connection that breaks, or was left waiting for long, is taken up at
/// the byte where it ended. Where all of the object is read in order and the server names its checksum, the last read
/// fails unless the bytes have it.
public struct ObjectStream: Sendable {
    /// A server closes a connection that takes no bytes for some 20 seconds: one that waited half of that is given up.
    private static let maximumPause = Duration.seconds(10)

    private let client: S3Client
    private let key: ObjectKey
    private let pin: ObjectPin
    /// What was asked for and has arrived.
    private var received: ObjectRead
    private var attempts: Attempts
    /// The request under way and the body of its answer.
    private var answer: (request: S3Request, body: any HTTPBody)?
    /// Bytes of the body that arrived and were not read yet.
    private var rest = Bytes()
    /// Number of bytes that arrived before the request under way.
    private var countBefore = 0
    /// Number of bytes of the answer still to come before those asked for.
    private var skipCount = 0
    private var checksum: RunningChecksum?
    private var lastRead: Duration

    /// Position in the object of the next byte that is read.
    public private(set) var offset: Int64
    /// Position after the last byte that is read.
    public let end: Int64

    init(_ client: S3Client, _ key: ObjectKey, pin: ObjectPin, range: Range<Int64>?, byteCount: Int64) {
        self.client = client
        self.key = key
        self.pin = pin
        received = ObjectRead(range: range, pin: pin, byteLimit: Int(clamping: byteCount), ranges: client.ranges)
        attempts = Attempts(client.clock)
        lastRead = client.clock.uptime()
        offset = range?.lowerBound ?? 0
        end = range?.upperBound ?? byteCount
    }

    /// Returns the bytes from `range.lowerBound` on, which must not be before `offset`; those in between are passed over.
    ///
    /// - Throws: what `S3Client.get` throws; `invalidResponse` also where the whole object, read to its end, does not
    ///   have the checksum that came with it.
    public mutating func read(_ range: Range<Int64>) async throws(S3Error) -> Bytes {
        precondition(offset <= range.lowerBound && range.upperBound <= end, "ObjectStream: bytes out of order")
        while offset < range.lowerBound {
            _ = try await next(atMost: Int(clamping: range.lowerBound - offset))
        }
        let first = try await next(atMost: range.count)
        if first.count == range.count { return first }
        var whole = ByteBuilder(capacity: range.count)
        whole.append(contentsOf: first)
        while whole.count < range.count {
            whole.append(contentsOf: try await next(atMost: range.count - whole.count))
        }
        return whole.freeze()
    }

    /// Gives up what was not read.
    public mutating func close() {
        guard let answer else { return }
        answer.body.cancel()
        self.answer = nil
        client.finish(&attempts, failure: .cancelled)
    }

    /// Returns the next bytes, at least one and at most `count`; nothing for a count of 0.
    private mutating func next(atMost count: Int) async throws(S3Error) -> Bytes {
        guard count > 0 else { return Bytes() }
        if rest.isEmpty { rest = try await receive() }
        let taken = rest[0..<min(count, rest.count)]
        rest = rest[taken.count..<rest.count]
        offset += Int64(taken.count)
        lastRead = client.clock.uptime()
        if checksum != nil {
            checksum?.update(taken)
            if offset == end { try verify() }
        }
        return taken
    }

    /// Returns the bytes that arrive next, and asks for them as often as it takes.
    private mutating func receive() async throws(S3Error) -> Bytes {
        // Where ranges are ignored, what was read already would come once more.
        if answer != nil, !client.ranges.isMissing, client.clock.uptime() - lastRead > Self.maximumPause { close() }
        // Time that nobody read is no time of failed attempts.
        if answer == nil { attempts.progress() }
        while true {
            var request = S3Request.getObject(
                key, range: received.rest, ifMatch: pin.eTag, versionID: pin.versionID)
            request.isResumption = received.receivedCount > 0
            do throws(S3Error) {
                if let answer {
                    request = answer.request
                } else {
                    answer = (request, try await open(request))
                }
                return try await bytes(of: request)
            } catch {
                answer?.body.cancel()
                answer = nil
                // Without a tag nothing says that the rest is of the same content.
                guard pin.eTag != nil || received.receivedCount == 0 else { throw error }
                if S3Client.isProgress(received.receivedCount - countBefore, before: error) { attempts.progress() }
                try await client.recover(from: error, request, &attempts, pin: pin)
            }
        }
    }

    /// Returns bytes of the answer to a request, none of which is asked for again.
    private mutating func bytes(of request: S3Request) async throws(S3Error) -> Bytes {
        while let body = answer?.body, var part = try await client.next(of: body, request) {
            attempts.received(part.count)
            let skippedCount = min(skipCount, part.count)
            skipCount -= skippedCount
            part = part[skippedCount..<part.count]
            if part.isEmpty { continue }
            if part.count > received.missingCount {
                // An answer that holds the whole object goes on after what was asked for.
                guard received.isCut else {
                    throw client.failure(
                        .invalidResponse, request, detail: "\(received.missingCount) bytes were to come, and more came")
                }
                part = part[0..<received.missingCount]
            }
            received.pass(part)
            if received.isComplete { end(body) }
            return part
        }
        throw client.failure(
            .transport(.connectionLost), request, detail: "the answer ends \(received.missingCount) bytes early")
    }

    private mutating func end(_ body: any HTTPBody) {
        if received.isCut { body.cancel() }
        answer = nil
        client.finish(&attempts)
        client.observer(.delivered(key, byteCount: received.receivedCount))
    }

    /// Sends a request and returns the body of the answer.
    private mutating func open(_ request: S3Request) async throws(S3Error) -> any HTTPBody {
        countBefore = received.receivedCount
        let response = try await client.send(request, &attempts)
        // The answer is read as slowly as the rows are taken: others are not to wait for that.
        client.leaveGate(&attempts)
        try client.accept(response, request, &received, attempts)
        if received.receivedCount == 0 { checksum = received.checksum.map { RunningChecksum($0) } }
        skipCount = received.skipCount
        return response.body
    }

    private mutating func verify() throws(S3Error) {
        guard let checksum, !checksum.matches() else { return }
        let request = S3Request.getObject(key, range: nil, ifMatch: pin.eTag)
        var error = client.failure(
            .invalidResponse, request,
            detail: "the content does not have the \(checksum.expected.algorithm.rawValue) that came with it")
        error.isDamage = true
        throw error
    }
}

extension S3Client {
    /// Returns the bytes of an object, or of a range of it, to be read in their order. Nothing is sent yet.
    ///
    /// - Parameters:
    ///   - pin: the content, by its tag: without one a broken connection could not be taken up.
    ///   - byteCount: size of the object.
    public func stream(
        _ key: ObjectKey, range: Range<Int64>? = nil, pin: ObjectPin, byteCount: Int64
    ) -> ObjectStream {
        ObjectStream(self, key, pin: pin, range: range, byteCount: byteCount)
    }
}
