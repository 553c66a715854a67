internal import Crypto
internal import Synchronization

/// Signing keys of one region and service by what else they are derived from: one derivation a day for each secret.
final class SigningKeyCache: Sendable {
    private struct Entry: Sendable {
        let secret: String
        let day: String
        let key: HMACSHA256
    }

    /// More keys than this are not in use at once: those of today, and of credentials that are being replaced.
    private static let capacity = 4

    /// The one used last comes last.
    private let entries = Mutex<[Entry]>([])
    private let region: String
    private let service: String

    init(region: String, service: String) {
        self.region = region
        self.service = service
    }

    func key(secret: String, day: String) -> HMACSHA256 {
        let kept = entries.withLock { entries in
            entries.last { $0.day == day && $0.secret.utf8.elementsEqual(secret.utf8) }
        }
        if let kept { return kept.key }
        let entry = Entry(secret: secret, day: day, key: derive(secret: secret, day: day))
        entries.withLock { entries in
            if entries.count >= Self.capacity { entries.removeFirst() }
            entries.append(entry)
        }
        return entry.key
    }

    private func derive(secret: String, day: String) -> HMACSHA256 {
        let date = HMACSHA256(key: Array("AWS4".utf8) + Array(secret.utf8)).code(utf8: day)
        let region = HMACSHA256(key: date).code(utf8: region)
        let service = HMACSHA256(key: region).code(utf8: service)
        return HMACSHA256(key: HMACSHA256(key: service).code(utf8: "aws4_request"))
    }
}
