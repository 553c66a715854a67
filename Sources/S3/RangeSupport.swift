internal import Synchronization

/// Whether a server takes notice of ranges, as its answers show.
final class RangeSupport: Sendable {
    private struct State {
        var isMissing = false
        /// Whether it is known that parts far inside cost whole objects, and nobody was told.
        var isNews = false
        var isTold = false
    }

    private let state = Mutex(State())

    /// So much of a whole object is read past in any case: a server that ignored ranges once may not do so again.
    private static let maximumSkipByteCount: Int64 = 8 << 20

    /// Whether the last range that was asked for was ignored: objects are then to be read from their beginning, once.
    var isMissing: Bool { state.withLock { $0.isMissing } }

    /// Notes that a part came where one was asked for.
    func noteRange() { state.withLock { $0.isMissing = false } }

    /// Notes that a whole object came in place of a part; returns whether the part is to be taken out of it.
    ///
    /// Far inside it is only where that is how this server answers, and only at the object's end: of the parts before
    /// it, each would cost all of the object once more.
    func takesPart(from offset: Int64, toEnd: Bool) -> Bool {
        state.withLock { state in
            let wasMissing = state.isMissing
            state.isMissing = true
            if offset <= Self.maximumSkipByteCount { return true }
            guard wasMissing, toEnd else { return false }
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
