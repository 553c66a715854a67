internal import Synchronization

/// The files in which sign-ins keep their tokens. What was renewed counts, also where the file could not be written: what
/// renews a token is good for one time.
final class TokenFiles: Sendable {
    private struct Renewal {
        let old: [UInt8]
        let new: [UInt8]
    }

    private let renewals = Mutex<[String: Renewal]>([:])

    /// Returns what a file holds, or what it was replaced with where it still holds the same as then; nil where it
    /// cannot be read.
    func read(_ path: String, _ environment: AWSEnvironment) -> [UInt8]? {
        guard case .bytes(let bytes) = environment.readFile(path) else { return nil }
        return renewals.withLock { renewals in
            guard let renewal = renewals[path], renewal.old == bytes else { return bytes }
            return renewal.new
        }
    }

    /// Replaces a file. Where it cannot be written, the next process has to sign in, this one need not.
    func replace(_ path: String, with bytes: [UInt8], _ environment: AWSEnvironment) {
        if case .bytes(let old) = environment.readFile(path) {
            renewals.withLock { $0[path] = Renewal(old: old, new: bytes) }
        }
        environment.writeFile(path, bytes)
    }
}
