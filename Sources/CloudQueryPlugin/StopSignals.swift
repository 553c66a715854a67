import Dispatch
import Glibc

/// Signals that ask a process to end, received instead of ending it at once.
struct StopSignals: Sendable {
    private let numbers: AsyncStream<Int32>

    /// Returns once the signals are caught.
    init(_ signals: [Int32] = [SIGINT, SIGTERM]) async {
        let (numbers, received) = AsyncStream<Int32>.makeStream(bufferingPolicy: .bufferingOldest(1))
        var sources: [any DispatchSourceSignal] = []
        for number in signals {
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { received.yield(number) }
            await withCheckedContinuation { isCaught in
                source.setRegistrationHandler { isCaught.resume() }
                source.resume()
            }
            sources.append(source)
        }
        // Dispatch sources may be used from any thread, but are not marked so.
        nonisolated(unsafe) let kept = sources
        received.onTermination = { _ in
            for source in unsafe kept { source.cancel() }
        }
        self.numbers = numbers
    }

    /// Returns the first signal; nil when the task is cancelled instead.
    func first() async -> Int32? {
        for await number in numbers { return number }
        return nil
    }
}
