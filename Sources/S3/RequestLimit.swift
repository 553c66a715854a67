/// How many requests a bucket is asked at once: half as many each time it asks for fewer, and one more after every
/// so many answers.
///
/// Pure: it neither waits nor reads a clock.
struct RequestLimit {
    /// How an admitted request ended.
    enum Outcome {
        /// It was answered.
        case answered
        /// The server asked for fewer requests.
        case throttled
        /// It failed in a way that says nothing about load.
        case failed
    }

    /// Number of answers after which one more request is admitted.
    private static let answersPerStep = 50

    /// Most requests at once.
    let ceiling: Int
    /// Requests at once now.
    private(set) var limit: Int
    /// Requests under way.
    private(set) var activeCount = 0
    /// Number of times that the limit was halved.
    private(set) var epoch = 0
    private var answerCount = 0

    init(ceiling: Int) {
        self.ceiling = max(1, ceiling)
        limit = self.ceiling
    }

    /// Whether a request may begin.
    var hasRoom: Bool { activeCount < limit }

    /// Begins a request; returns the epoch that it belongs to.
    mutating func begin() -> Int {
        activeCount += 1
        return epoch
    }

    /// Ends a request that began in an epoch.
    mutating func end(_ outcome: Outcome, epoch began: Int) {
        switch outcome {
        case .answered:
            answerCount += 1
            if answerCount >= Self.answersPerStep, limit < ceiling {
                limit += 1
                answerCount = 0
            }
        // Those that were under way when the limit was halved say nothing about the new one.
        case .throttled where began == epoch:
            limit = max(1, min(limit, activeCount) / 2)
            epoch += 1
            answerCount = 0
        case .throttled, .failed: break
        }
        activeCount -= 1
    }
}
