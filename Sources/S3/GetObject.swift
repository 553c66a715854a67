public import ByteCore
internal import HTTP

extension S3Client {
    /// Returns the bytes of an object, or of a range of it that lies inside the object.
    ///
    /// A connection that breaks in the middle is taken up at the byte where it broke. All bytes are of one content: that
    /// of `ifMatch`, or the one that the first answer names.
    ///
    /// - Throws: `changed` where the object is no longer that of `ifMatch`, or is shorter than the range;
    ///   `invalidResponse` where the object is longer than `byteLimit`.
    public func get(
        _ key: ObjectKey, range: Range<Int64>? = nil, ifMatch: String? = nil, byteLimit: Int = 1 << 30
    ) async throws(S3Error) -> Bytes {
        if let range {
            guard range.lowerBound >= 0, range.count <= byteLimit else {
                let request = S3Request.getObject(key, range: nil, ifMatch: nil)
                throw failure(.badRequest, request, detail: "range \(range) is negative or over \(byteLimit) bytes")
            }
            if range.isEmpty { return Bytes() }
        }
        var read = ObjectRead(range: range, eTag: ifMatch.map(Self.quoted), byteLimit: byteLimit)
        var builder = ByteBuilder(capacity: range?.count ?? 0)
        var attempts = Attempts(clock)
        while true {
            // Without a tag nothing says that the rest would be of the same content; without a length, what is the rest.
            if read.eTag == nil || read.byteCount == nil { builder.truncate(to: 0) }
            let request = S3Request.getObject(key, range: read.rest(after: builder.count), ifMatch: read.eTag)
            let start = builder.count
            do throws(S3Error) {
                let response = try await send(request, &attempts)
                try await receive(response, request, &read, into: &builder)
                return builder.freeze()
            } catch {
                // What came with a contradiction is not trusted.
                if error.kind == .invalidResponse { builder.truncate(to: start) }
                if builder.count - start >= Self.progressByteCount { attempts.progress() }
                try await recover(from: error, request, &attempts)
            }
        }
    }

    /// So much since the last failure counts as progress: long reads over a bad line end, short ones are not endless.
    static let progressByteCount = 1 << 20

    /// Takes an answer's bytes after those there are.
    private func receive(
        _ response: HTTPResponse, _ request: S3Request, _ read: inout ObjectRead, into builder: inout ByteBuilder
    ) async throws(S3Error) {
        var skipCount: Int
        do throws(ObjectRead.Fault) {
            skipCount = try read.accept(response, after: builder.count)
        } catch {
            response.body.cancel()
            throw failure(error.kind, request, detail: error.detail)
        }
        if let byteCount = read.byteCount { builder.reserve(min(byteCount - builder.count, 64 << 20)) }
        while let bytes = try await next(of: response.body, request, isComplete: builder.count == read.byteCount) {
            let skipped = min(skipCount, bytes.count)
            skipCount -= skipped
            let wanted = (read.byteCount ?? read.byteLimit) - builder.count
            let taken = min(bytes.count - skipped, wanted)
            builder.append(contentsOf: bytes[skipped..<skipped + taken])
            guard skipped + taken < bytes.count else { continue }
            response.body.cancel()
            // An answer to a range that holds the whole object goes on after the range.
            if read.isCut { return }
            guard read.byteCount == nil else {
                throw failure(.invalidResponse, request, detail: "the answer has more bytes than it says")
            }
            throw failure(.badRequest, request, detail: "the object has over \(read.byteLimit) bytes")
        }
        if let byteCount = read.byteCount, builder.count < byteCount {
            throw failure(
                .transport(.connectionLost), request, detail: "\(builder.count) of \(byteCount) bytes arrived")
        }
    }

    /// Returns the next bytes of a body. Where all bytes are there, a connection that breaks now is the end.
    private func next(
        of body: any HTTPBody, _ request: S3Request, isComplete: Bool
    ) async throws(S3Error) -> Bytes? {
        do throws(S3Error) {
            return try await next(of: body, request)
        } catch {
            if isComplete && error.kind != .cancelled { return nil }
            throw error
        }
    }

    /// Returns an entity tag in its quotes; some servers list it without.
    private static func quoted(_ eTag: String) -> String {
        eTag.hasPrefix("\"") || eTag.hasPrefix("W/") ? eTag : "\"\(eTag)\""
    }
}
