import ArgumentParser
import CloudQueryPlugin
import Logging
import S3Source

/// Says what a sync would do.
struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a sync would do: tables, objects, bytes, requests, what is new and what is passed over.")

    @OptionGroup var job: Job

    @Flag(help: "Print JSON in place of a table.")
    var json = false

    @Option(help: "Address of a running destination that keeps the state, such as localhost:7777.")
    var stateConnection: String?

    @Option(help: "Name of the state table at that destination.")
    var stateTable = "cq_state_s3"

    func run() async throws {
        let (plugin, options, log) = try await job.start()
        let state = try await state(log: log)
        let plan = try await plugin.plan(options, state: state)
        await state?.close()
        Swift.print(json ? try plan.json() : plan.text())
        if plan.tables.contains(where: { $0.failure != nil }) { throw ExitCode.failure }
    }

    /// The state at the destination; nil where there is no table of it yet.
    private func state(log: PluginLog) async throws -> StateBackend? {
        guard let stateConnection else { return nil }
        do {
            return try await StateBackend.connect(
                BackendOptions(tableName: stateTable, connection: stateConnection), isReadOnly: true)
        } catch let error as StateBackendError where error.step == .read {
            // Every destination has words of its own for a table that is not there.
            log.logger().warning("planning a first sync: \(error)")
            return nil
        }
    }
}
