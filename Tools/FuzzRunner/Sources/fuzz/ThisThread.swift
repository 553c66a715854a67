import Synchronization

/// Runs tasks on the thread that asks for them: a change of threads costs more than most inputs.
final class ThisThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    /// Returns when the work is done, which must wait for nothing but itself.
    static func run(_ work: @escaping @Sendable () async -> Void) {
        let thread = ThisThread()
        Task(executorPreference: thread, operation: work)
        while let job = thread.jobs.withLock({ $0.popLast() }) {
            unsafe job.runSynchronously(on: thread.asUnownedTaskExecutor())
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }
}
