public import AWSAuth

/// Time and chance, as the client sees them.
public struct S3Clock: Sendable {
    /// The present moment, for signatures.
    public var now: @Sendable () -> Timestamp
    /// Time since some fixed moment, which never runs back, for budgets.
    public var uptime: @Sendable () -> Duration
    /// Waits; throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// A number in `0..<1`.
    public var random: @Sendable () -> Double

    /// Creates a clock.
    public init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
        self.random = random
    }

    /// The clock of the machine.
    public static let system: S3Clock = {
        let start = ContinuousClock.now
        return S3Clock(
            now: { Timestamp.now }, uptime: { ContinuousClock.now - start },
            sleep: { try await Task.sleep(for: $0) }, random: { Double.random(in: 0..<1) })
    }()
}
