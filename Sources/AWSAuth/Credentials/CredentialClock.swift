internal import Glibc

/// Time and chance as the sources of credentials see them.
struct CredentialClock: Sendable {
    /// The present moment.
    var now: @Sendable () -> Timestamp
    /// Waits; returns early where the task is cancelled.
    var sleep: @Sendable (Duration) async -> Void
    /// A number from 0 up to 1.
    var random: @Sendable () -> Double

    /// The system's clock.
    static let system = CredentialClock(
        now: { Timestamp.now }, sleep: { try? await Task.sleep(for: $0) }, random: { Double.random(in: 0..<1) })

    /// Returns a name for a session that tells this process from others.
    func sessionName() -> String { "cq-s3-\(getpid())-\(now().seconds)" }
}
