internal import Synchronization

/// Whether a server takes notice of ranges, as its answers show.
final class RangeSupport: Sendable {
    private struct State {
        /// Number of answers, one after the other, that gave a whole object for a part far inside it.
        var ignoredCount = 0
        /// Whether it is known that parts far inside cost whole objects, and nobody was told.
        var isNews = false
        var isTold = false
    }

    private let state = Mutex(State())

    /// So much of a whole object is read past without more ado.
    private static let maximumSkipByteCount: Int64 = 8 << 20

    /// Whether the last two ranges far inside an object were ignored: objects are then to be read from their beginning,
    /// once. A single one may be a proxy's doing.
    var isMissing: Bool { state.withLock { $0.ignoredCount >= 2 } }

    /// Notes that a part came where one was asked for.
    func noteRange() { state.withLock { $0.ignoredCount = 0 } }

    /// Notes that a whole object came in place of a part; returns whether the part is to be taken out of it.
    ///
    /// Far inside it is only where that is how this server answers, and only at the object's end: of the parts before
    /// it, each would cost all of the object once more.
    func takesPart(from offset: Int64, toEnd: Bool) -> Bool {
        if offset <= Self.maximumSkipByteCount { return true }
        return state.withLock { state in
            state.ignoredCount = min(state.ignoredCount + 1, 2)
            guard state.ignoredCount == 2, toEnd else { return false }
            state.isNews = !state.isTold
            return true
        }
    }

    /// Returns whether there is something to tell, once.
    func takeNews() -> Bool {
        state.withLock { state in
            guard state.isNews else { return false }
            (state.isNews, state.isTold) = (false, true)
            return true
        }
    }
}
