import CCurl
import Glibc
import Synchronization

/// The one thread that runs an event loop, from its creation until `stop`.
final class CurlEventThread: Sendable {
    let commands: CurlCommandQueue
    private let thread: Mutex<pthread_t?>

    /// Everything the new thread takes over.
    private final class Start {
        let loop: CurlEventLoop
        init(loop: CurlEventLoop) { self.loop = loop }
    }

    /// Starts the thread; nil where the system has no thread or memory for it.
    init?(configuration: CurlTransport.Configuration) {
        guard let loop = CurlEventLoop(configuration: configuration) else { return nil }
        commands = loop.commands
        let start = unsafe Unmanaged.passRetained(Start(loop: loop)).toOpaque()
        var thread = pthread_t()
        // The thread inherits a mask of all signals: they belong to the program's own threads, and a write to a
        // closed connection then fails with EPIPE.
        var all = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &previous)
        let code = unsafe pthread_create(
            &thread, nil,
            { start in
                unsafe ccurl_name_thread("http-events")
                if let start = unsafe start {
                    unsafe Unmanaged<Start>.fromOpaque(start).takeRetainedValue().loop.run()
                }
                return nil
            }, start)
        unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
        guard code == 0 else {
            unsafe Unmanaged<Start>.fromOpaque(start).release()
            return nil
        }
        self.thread = Mutex(thread)
    }

    /// Ends all requests with `cancelled` and returns when the thread has ended.
    func stop() {
        guard let thread = thread.withLock({ $0.take() }) else { return }
        commands.send(.stop)
        pthread_join(thread, nil)
    }
}
