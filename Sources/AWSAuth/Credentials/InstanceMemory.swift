internal import Synchronization

/// The last credentials of the machine, used beyond their end while AWS cannot renew them.
///
/// Spec: EC2 user guide, "Static stability": services may take them for longer than they say.
final class InstanceMemory: Sendable {
    private let last = Mutex<Credentials?>(nil)

    /// Keeps fresh credentials and returns them; of those that have ended, returns them with a later end.
    func keep(_ credentials: Credentials, _ clock: CredentialClock) -> Credentials {
        last.withLock { $0 = credentials }
        return Self.extended(credentials, clock)
    }

    /// Returns the last credentials, with a later end where theirs has come.
    func credentials(_ clock: CredentialClock) -> Credentials? {
        last.withLock { $0 }.map { Self.extended($0, clock) }
    }

    /// Forgets credentials that a service refused.
    func forget(_ credentials: Credentials) {
        last.withLock { if $0?.accessKeyID == credentials.accessKeyID { $0 = nil } }
    }

    /// From 17 to 25 minutes, so that machines do not all ask again at once.
    private static func extended(_ credentials: Credentials, _ clock: CredentialClock) -> Credentials {
        let now = clock.now()
        guard let end = credentials.expiration, end.seconds - now.seconds < 60 else { return credentials }
        return Credentials(
            accessKeyID: credentials.accessKeyID, secretAccessKey: credentials.secretAccessKey,
            sessionToken: credentials.sessionToken,
            expiration: Timestamp(seconds: now.seconds + 1_020 + Int64(clock.random() * 480)))
    }
}
