/// What happens on the way to an answer, for logs and counts.
public enum S3Event: Hashable, Sendable {
    /// A request was sent, and it is over, well or not.
    case attempt(S3Attempt)
    /// An attempt failed; the next one follows after the delay.
    case retry(S3Error, attempt: Int, delay: Duration)
    /// Bytes of an object were handed to the caller: what was wanted, however much was received for it.
    case delivered(ObjectKey, byteCount: Int)
    /// The bucket is in another region than the one asked; requests go there from now on.
    case regionChanged(from: String, to: String)
    /// No region was configured, and the bucket is in this one.
    case regionFound(String)
    /// The clock here is wrong by so many seconds, negative where it is behind; signatures take that into account.
    case clockCorrected(seconds: Int64)
    /// The server takes no notice of ranges. Told once.
    case rangesIgnored
    /// The server refused the credentials as expired; new ones were asked for.
    case credentialsRefreshed
}

/// One request that was sent, and what came of it.
public struct S3Attempt: Hashable, Sendable {
    /// Why a request was sent.
    public enum Purpose: Hashable, Sendable {
        /// To get an answer.
        case first
        /// Because an attempt before it failed without any byte.
        case again
        /// To go on where the bytes of an attempt before it end.
        case resumption
        /// Because the same request sent before it was late: only the first of the two to be answered counts.
        case hedge
    }

    /// What was asked.
    public let operation: S3Operation
    /// The object that was asked for, if one was.
    public let key: ObjectKey?
    /// Why it was asked.
    public internal(set) var purpose: Purpose
    /// The status of the answer; nil where there was none.
    public internal(set) var status: Int?
    /// Number of bytes of the answer's body that arrived.
    public internal(set) var receivedByteCount = 0
    /// Time until the head of the answer was there; nil where it never was.
    public internal(set) var latency: Duration?
    /// Time until all was over.
    public internal(set) var duration = Duration.zero
    /// What went wrong; nil where the answer is what was asked for.
    public internal(set) var failure: S3Error.Kind?
}
