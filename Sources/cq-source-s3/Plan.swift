import ArgumentParser
import CloudQueryPlugin
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
        let (plugin, options, _) = try await job.start()
        guard let stateConnection else { return try print(await plugin.plan(options, state: nil)) }
        let state = try await StateBackend.connect(BackendOptions(tableName: stateTable, connection: stateConnection))
        let plan = try await plugin.plan(options, state: state)
        await state.close()
        try print(plan)
    }

    private func print(_ plan: SyncPlan) throws {
        Swift.print(json ? try plan.json() : plan.text())
    }
}
