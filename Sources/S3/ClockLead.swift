internal import AWSAuth
internal import Synchronization

/// By how much the clock here is ahead of the server's: nothing, until a server refuses a signature for it.
final class ClockLead: Sendable {
    private let seconds = Mutex<Int64>(0)

    /// Servers refuse signatures that are further from their clock. Units: seconds.
    static let tolerance: Int64 = 900
    /// Answers take a while, and their times are whole seconds: less is no news. Units: seconds.
    private static let precision: Int64 = 60

    /// Returns the server's time when it is `time` here.
    func corrected(_ time: Timestamp) -> Timestamp {
        let lead = seconds.withLock { $0 }
        return lead == 0 ? time : Timestamp(seconds: time.seconds - lead, nanoseconds: time.nanoseconds)
    }

    /// Takes over a lead; returns whether it is news. Of many requests that are refused at once, the first brings it.
    func take(_ lead: Int64) -> Bool {
        seconds.withLock { seconds in
            guard abs(lead - seconds) > Self.precision else { return false }
            seconds = lead
            return true
        }
    }
}
