/// What happens on the way to an answer, for logs and counts.
public enum S3Event: Hashable, Sendable {
    /// A request was answered, with the status given.
    case response(S3Operation, key: ObjectKey?, status: Int)
    /// An attempt failed; the next one follows after the delay.
    case retry(S3Error, attempt: Int, delay: Duration)
    /// The bucket is in another region than the one asked; requests go there from now on.
    case regionChanged(from: String, to: String)
    /// The server refused the credentials as expired; new ones were asked for.
    case credentialsRefreshed
}
