internal import Crypto
internal import HTTP

/// A key of the customer, with which objects are encrypted at the server and sent along with each request for one.
///
/// Spec: S3, "server-side encryption with customer-provided keys". It is secret, and sent over TLS only.
public struct CustomerKey: Hashable, Sendable {
    /// The key as headers carry it.
    private let text: String
    /// The digest by which the server notices a key that was damaged on the way.
    private let checksum: String

    /// Creates a key; nil unless it has 32 bytes, or where the system has no MD5.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 32, let digest = MD5.hash(bytes) else { return nil }
        text = Base64.encode(bytes)
        checksum = Base64.encode(digest)
    }

    /// The headers of a request for an object.
    var headers: [HTTPHeader] {
        let prefix = "x-amz-server-side-encryption-customer-"
        return [
            HTTPHeader(prefix + "algorithm", "AES256"), HTTPHeader(prefix + "key", text),
            HTTPHeader(prefix + "key-MD5", checksum),
        ]
    }

    /// Returns a text from a server without the key: some answer with the request.
    func redacting(_ text: String) -> String {
        text.split(separator: self.text, omittingEmptySubsequences: false).joined(separator: "[redacted]")
    }
}

extension CustomerKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What may be shown: nothing of the key.
    public var description: String { "CustomerKey(redacted)" }
    /// What may be shown: nothing of the key.
    public var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
