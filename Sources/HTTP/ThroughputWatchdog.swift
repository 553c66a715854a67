/// Decides when a peer sends too slowly: a credit of time that bytes earn and waiting spends.
///
/// Each byte earns `1 / bytesPerSecond` seconds and the credit never exceeds `period`. So a silent peer is given up
/// after `period`, one at half the wanted rate after twice that, and one above the rate never.
struct ThroughputWatchdog {
    private let period: Duration
    private var deadline: ContinuousClock.Instant
    private var countedByteCount: Int

    /// Creates a watchdog with full credit, for a peer that has sent `byteCount` bytes so far.
    init(period: Duration, byteCount: Int, now: ContinuousClock.Instant) {
        self.period = period
        deadline = now + period
        countedByteCount = byteCount
    }

    /// Returns whether the credit is used up, given all bytes received so far and the rate wanted now.
    mutating func isTooSlow(byteCount: Int, bytesPerSecond: Int, now: ContinuousClock.Instant) -> Bool {
        let earned = Double(byteCount - countedByteCount) / Double(max(1, bytesPerSecond))
        countedByteCount = byteCount
        deadline = min(deadline + .seconds(earned), now + period)
        return now >= deadline
    }
}
