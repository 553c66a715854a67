import CGRPC
import Glibc
import Synchronization

/// Keeps the gRPC library initialised; everything made by it holds one.
final class CoreLibrary: Sendable {
    init() {
        CoreLog.install()
        grpc_init()
    }

    deinit { grpc_shutdown() }
}

/// A gRPC completion queue and the thread that empties it.
///
/// Every call, channel and server holds its queue, so that no operation can start on one that is shut down: the last
/// of them to go shuts it down, and the thread then frees it.
@safe
final class CompletionQueue: @unchecked Sendable {
    let pointer: OpaquePointer
    let library: CoreLibrary

    init() {
        library = CoreLibrary()
        unsafe pointer = grpc_completion_queue_create_for_next(nil)
        unsafe startThread(Drain(queue: pointer, library: library))
    }

    deinit { unsafe grpc_completion_queue_shutdown(pointer) }

    /// Returns a tag that keeps `completion` alive until it comes out of a queue.
    @unsafe
    static func tag(_ completion: Completion) -> UnsafeMutableRawPointer {
        unsafe Unmanaged.passRetained(completion).toOpaque()
    }

    /// Releases a tag that gRPC refused to take.
    @unsafe
    static func drop(_ tag: UnsafeMutableRawPointer) {
        unsafe Unmanaged<Completion>.fromOpaque(tag).release()
    }
}

/// What the thread of a queue needs; not the queue itself, whose end it awaits.
@safe
private final class Drain: @unchecked Sendable {
    private let queue: OpaquePointer
    private let library: CoreLibrary

    init(queue: OpaquePointer, library: CoreLibrary) {
        unsafe self.queue = queue
        self.library = library
    }

    func run() {
        while true {
            let event = unsafe grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), nil)
            guard unsafe event.type == GRPC_OP_COMPLETE, let tag = unsafe event.tag else { break }
            let completion = unsafe Unmanaged<Completion>.fromOpaque(tag).takeRetainedValue()
            completion.complete(unsafe event.success != 0)
        }
        unsafe grpc_completion_queue_destroy(queue)
    }
}

private func startThread(_ drain: Drain) {
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(drain).toOpaque()
    let failure = unsafe pthread_create(
        &thread, nil,
        { context in
            guard let context = unsafe context else { return nil }
            unsafe rpc_name_thread("grpc-queue")
            unsafe Unmanaged<Drain>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, context)
    guard failure == 0 else { fatalError("no thread for gRPC: error \(failure)") }
    pthread_detach(thread)
}

/// The log of the gRPC library.
///
/// It would print to standard error, which belongs to the user; it is silent unless `GRPC_VERBOSITY` is set. The last
/// error is kept, because the reason why an address cannot be listened on is given nowhere else.
enum CoreLog {
    private static let lastError = Mutex("")
    private static let bodies = Mutex<Void>(())
    private static let installed: Bool = {
        if let verbosity = unsafe getenv("GRPC_VERBOSITY"), unsafe verbosity.pointee != 0 { return false }
        gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR)
        unsafe gpr_set_log_function { entry in
            guard let message = unsafe entry?.pointee.message else { return }
            let text = unsafe String(cString: message)
            CoreLog.lastError.withLock { $0 = text }
        }
        return true
    }()

    static func install() { _ = installed }

    /// Calls `body`; returns its result, and the cause of the last error it logged.
    ///
    /// Shape: the text of an error is `UNKNOWN:what {key:"value", children:[errors]}`; the innermost has the cause.
    static func withReason<Result>(_ body: () -> Result) -> (Result, String) {
        let (result, text) = bodies.withLock { _ in
            lastError.withLock { $0 = "" }
            return (body(), lastError.withLock { $0 })
        }
        guard let start = text.lastRange(of: "UNKNOWN:") else { return (result, "see the log of gRPC") }
        let reason = String(text[start...].prefix { $0 != "{" }).trimmingTrailingSpaces
        return (result, reason)
    }
}

extension String {
    fileprivate func lastRange(of marker: String) -> Index? {
        var index = endIndex
        while index > startIndex {
            index = self.index(before: index)
            if self[index...].hasPrefix(marker) { return self.index(index, offsetBy: marker.count) }
        }
        return nil
    }

    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
