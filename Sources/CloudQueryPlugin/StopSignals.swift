import Dispatch
import Glibc

/// Signals that ask a process to end, received instead of ending it at once.
struct StopSignals: Sendable {
    private let numbers: AsyncStream<Int32>

    /// Catches the signals from the moment this returns.
    init(_ signals: [Int32] = [SIGINT, SIGTERM]) async {
        let (numbers, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingOldest(1))
        var sources: [any DispatchSourceSignal] = []
        for number in signals {
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            // A thread of Dispatch takes the signal over some time after `resume`; until then it ends the process.
            await withCheckedContinuation { registered in
                source.setRegistrationHandler { registered.resume() }
                source.resume()
            }
            sources.append(source)
        }
        // Dispatch sources may be used from any thread, but are not marked so.
        nonisolated(unsafe) let kept = sources
        continuation.onTermination = { _ in
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
