public import ByteCore
internal import HTTP

extension S3Client {
    /// Returns the bytes of an object, or of a range of it that lies inside the object.
    ///
    /// A connection that breaks in the middle is taken up at the byte where it broke. All bytes are of one content: that
    /// of `pin`, or the one that the first answer names. Bytes that came in one answer are not copied.
    ///
    /// - Throws: `changed` where the object is no longer that of `pin`, or is shorter than the range; `badRequest`
    ///   where object or range are longer than `byteLimit`.
    public func get(
        _ key: ObjectKey, range: Range<Int64>? = nil, pin: ObjectPin = ObjectPin(), byteLimit: Int = 1 << 30
    ) async throws(S3Error) -> Bytes {
        if let range {
            guard range.lowerBound >= 0, range.count <= byteLimit else {
                let request = S3Request.getObject(key, range: nil, ifMatch: nil)
                throw failure(.badRequest, request, detail: "range \(range) is negative or over \(byteLimit) bytes")
            }
            if range.isEmpty { return Bytes() }
        }
        var read = ObjectRead(range: range, pin: pin, byteLimit: byteLimit, ranges: ranges)
        var attempts = Attempts(clock)
        while true {
            var request = S3Request.getObject(key, range: read.rest, ifMatch: pin.eTag, versionID: pin.versionID)
            request.isResumption = read.receivedCount > 0
            request.expectedByteCount = read.byteCount.map { $0 - read.receivedCount }
            let countBefore = read.receivedCount
            do throws(S3Error) {
                let response = try await send(request, &attempts)
                try await receive(response, request, &read, &attempts)
                attempts.received(read.receivedCount - countBefore)
                do throws(ObjectRead.Fault) {
                    try read.verify()
                } catch {
                    throw failure(error.kind, request, detail: error.detail)
                }
                finish(&attempts)
                observer(.delivered(key, byteCount: read.receivedCount))
                return read.content
            } catch {
                attempts.received(max(0, read.receivedCount - countBefore))
                read.dropUnlessResumable()
                if Self.isProgress(read.receivedCount - countBefore, before: error) { attempts.progress() }
                try await recover(from: error, request, &attempts, pin: pin)
            }
        }
    }

    /// Returns whether so many bytes, which the next attempt goes on after, are progress: long reads over a bad line
    /// end, short ones are not endless.
    ///
    /// A connection that was given up for being slow need not bring as much: on a slow line every one is.
    static func isProgress(_ byteCount: Int, before error: S3Error) -> Bool {
        byteCount >= (error.kind == .timedOut ? 10 << 10 : 1 << 20)
    }

    /// Checks the head of an answer.
    func accept(
        _ response: HTTPResponse, _ request: S3Request, _ read: inout ObjectRead, _ attempts: Attempts
    ) throws(S3Error) {
        defer { if ranges.takeNews() { observer(.rangesIgnored) } }
        do throws(ObjectRead.Fault) {
            try read.accept(response)
        } catch {
            response.body.cancel()
            throw failure(error.kind, request, quoting: error.detail, attempts)
        }
    }

    /// Takes an answer's bytes after those there are.
    private func receive(
        _ response: HTTPResponse, _ request: S3Request, _ read: inout ObjectRead, _ attempts: inout Attempts
    ) async throws(S3Error) {
        try accept(response, request, &read, attempts)
        if read.isCut { return try await receiveCut(response, request, &read, &attempts) }

        let (bytes, error) = await response.body.collect(limit: read.missingCount)
        // What came with a contradiction is not trusted.
        if let error, error.kind == .invalidResponse { throw failure(error, request) }
        read.append(bytes)
        // Where all bytes are there, a connection that breaks now is no fault.
        if read.isComplete { return }
        if let error { throw failure(error, request) }
        if let byteCount = read.byteCount {
            throw failure(
                .transport(.connectionLost), request, detail: "\(read.receivedCount) of \(byteCount) bytes arrived")
        }
    }

    /// Takes the part that was asked for out of an answer that holds the whole object.
    private func receiveCut(
        _ response: HTTPResponse, _ request: S3Request, _ read: inout ObjectRead, _ attempts: inout Attempts
    ) async throws(S3Error) {
        var skipCount = read.skipCount
        while let bytes = try await next(of: response.body, request) {
            let skippedCount = min(skipCount, bytes.count)
            skipCount -= skippedCount
            attempts.received(skippedCount)
            let takenCount = min(bytes.count - skippedCount, read.missingCount)
            read.append(bytes[skippedCount..<skippedCount + takenCount])
            if read.isComplete { return response.body.cancel() }
        }
        throw failure(.transport(.connectionLost), request, detail: "the answer ends before the range does")
    }
}
