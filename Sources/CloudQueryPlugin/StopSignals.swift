import Dispatch
import Glibc

/// Signals that ask a process to end, received instead of ending it at once.
struct StopSignals: Sendable {
    private let numbers: AsyncStream<Int32>

    /// Catches the signals from now on.
    init(_ signals: [Int32] = [SIGINT, SIGTERM]) {
        numbers = AsyncStream(bufferingPolicy: .bufferingOldest(1)) { continuation in
            let sources = signals.map { number in
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { continuation.yield(number) }
                source.resume()
                return source
            }
            // Dispatch sources may be used from any thread, but are not marked so.
            nonisolated(unsafe) let kept = sources
            continuation.onTermination = { _ in
                for source in unsafe kept { source.cancel() }
            }
        }
    }

    /// Returns the first signal; nil when the task is cancelled instead.
    func first() async -> Int32? {
        for await number in numbers { return number }
        return nil
    }
}
