internal import AWSAuth
internal import Synchronization

/// How far the clock here is from the server's, where a server refused a signature because of it.
final class ClockCorrection: Sendable {
    private let offset = Mutex<Int64>(0)

    /// Returns a moment of the clock here by the server's clock.
    func corrected(_ time: Timestamp) -> Timestamp {
        Timestamp(seconds: time.seconds + offset.withLock { $0 }, nanoseconds: time.nanoseconds)
    }

    /// Sets how many seconds the server's clock is ahead; returns false where that was known.
    func set(seconds: Int64) -> Bool {
        offset.withLock { offset in
            // The server tells whole seconds, and some pass on the way.
            guard abs(offset - seconds) > 30 else { return false }
            offset = seconds
            return true
        }
    }
}
