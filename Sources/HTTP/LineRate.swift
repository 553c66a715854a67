/// How much the line is believed to carry, all transfers together: what one of them may be asked to bring.
///
/// A fixed rate would end every transfer on a slow line that many share; a share of what the line carries ends only the
/// one that lags behind. The line is believed to be fast until a transfer that is asked for its share is ended. Where
/// only that connection was bad, the others or the next show what the line carries; where the line is slow, the next is
/// asked for less.
struct LineRate {
    /// Time over which bytes are counted for one measurement.
    private static let interval: Duration = .seconds(1)
    /// A transfer that brings less than this part of an equal share lags behind.
    private static let laggingPart = 4.0
    /// Bytes per second that every line carries.
    static let floor = 1_024

    /// Most bytes per second that a transfer is asked for.
    private let most: Int
    /// Bytes per second that the line is believed to carry.
    private var believed: Double
    private var byteCount = 0
    private var start: ContinuousClock.Instant

    /// Creates the rate of a line on which a lone transfer is asked for the most.
    init(most: Int, now: ContinuousClock.Instant) {
        self.most = most
        believed = Self.needed(most, transferCount: 1)
        start = now
    }

    /// Takes note of bytes that arrived since the last call.
    mutating func add(_ byteCount: Int, now: ContinuousClock.Instant) {
        self.byteCount += byteCount
        let elapsed = now - start
        guard elapsed >= Self.interval else { return }
        believed = max(believed, Double(self.byteCount) / (elapsed / .seconds(1)))
        self.byteCount = 0
        start = now
    }

    /// Returns the bytes per second that each of `transferCount` transfers has to bring.
    func required(ofEachOf transferCount: Int) -> Int {
        let share = believed / Double(max(transferCount, 1)) / Self.laggingPart
        return min(most, max(Self.floor, Int(min(share, 1e15))))
    }

    /// Takes note that one of `transferCount` transfers did not bring what was required: half as much is from now on.
    mutating func lower(ofEachOf transferCount: Int) {
        believed = min(believed, Self.needed(most, transferCount: transferCount)) / 2
    }

    /// What a line carries of which each transfer is asked for so much.
    private static func needed(_ bytesPerSecond: Int, transferCount: Int) -> Double {
        Double(bytesPerSecond) * Double(max(transferCount, 1)) * laggingPart
    }
}
