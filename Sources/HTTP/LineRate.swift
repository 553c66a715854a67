/// How much the line has carried lately, all transfers together: what one of them may be asked to bring.
///
/// A fixed rate would end every transfer on a slow line that many share; a share of what the line is known to carry
/// ends only the one that lags behind.
struct LineRate {
    /// Time over which bytes are counted for one measurement.
    private static let interval: Duration = .seconds(1)
    /// The best measurement counts half after this time.
    private static let halfLife: Duration = .seconds(60)
    /// A transfer that brings less than this part of an equal share lags behind.
    private static let laggingPart = 4.0
    /// Bytes per second that every line carries.
    static let floor = 1_024

    private var peak = 0.0
    private var byteCount = 0
    private var start: ContinuousClock.Instant

    init(now: ContinuousClock.Instant) {
        start = now
    }

    /// Takes note of bytes that arrived since the last call.
    mutating func add(_ byteCount: Int, now: ContinuousClock.Instant) {
        self.byteCount += byteCount
        let elapsed = now - start
        guard elapsed >= Self.interval else { return }
        let halvings = elapsed / Self.halfLife
        var decayed = peak
        for _ in 0..<Int(min(halvings, 64)) { decayed /= 2 }
        // Between whole halvings a straight line is near enough.
        decayed *= 1 - (halvings - halvings.rounded(.down)) / 2
        peak = max(Double(self.byteCount) / (elapsed / .seconds(1)), decayed)
        self.byteCount = 0
        start = now
    }

    /// Returns the bytes per second that each of `transferCount` transfers has to bring, at most `most`.
    func required(ofEachOf transferCount: Int, atMost most: Int) -> Int {
        let share = peak / Double(max(transferCount, 1)) / Self.laggingPart
        return min(most, max(Self.floor, Int(min(share, 1e15))))
    }
}
