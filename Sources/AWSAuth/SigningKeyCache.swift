internal import Crypto
internal import Synchronization

/// Signing keys by what they are derived from: one derivation a day for each secret, region and service.
final class SigningKeyCache: Sendable {
    private struct Source: Hashable {
        let secret: [UInt8]
        let date: String
        let region: String
        let service: String
    }

    /// More keys than this are not in use at once: keys of yesterday and of credentials since replaced.
    private static let capacity = 16

    private let keys = Mutex<[Source: HMACSHA256]>([:])

    func key(secret: String, date: String, region: String, service: String) -> HMACSHA256 {
        let source = Source(secret: Array(secret.utf8), date: date, region: region, service: service)
        if let key = keys.withLock({ $0[source] }) { return key }
        let key = Self.derive(source)
        keys.withLock { keys in
            if keys.count >= Self.capacity { keys.removeAll(keepingCapacity: true) }
            keys[source] = key
        }
        return key
    }

    private static func derive(_ source: Source) -> HMACSHA256 {
        let date = HMACSHA256(key: Array("AWS4".utf8) + source.secret).code(utf8: source.date)
        let region = HMACSHA256(key: date).code(utf8: source.region)
        let service = HMACSHA256(key: region).code(utf8: source.service)
        return HMACSHA256(key: HMACSHA256(key: service).code(utf8: "aws4_request"))
    }
}
