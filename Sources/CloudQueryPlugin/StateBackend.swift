/// Client of the plugin that keeps cursors between syncs: all keys are read once, changes are written by `flush`.
public actor StateBackend {
    /// Connects to the state plugin, makes sure that the table is there and reads all its keys.
    public static func connect(_ options: BackendOptions) async throws -> StateBackend {
        throw CancellationError()
    }

    /// The value of a key; nil when it was never set.
    public func value(for key: String) -> String? { nil }

    /// Sets the value of a key, to be written by the next `flush`.
    public func set(_ value: String, for key: String) {}

    /// Writes all changes since the last flush.
    public func flush() async throws {}

    /// Closes the connection; changes that were not flushed are lost.
    public func close() {}
}
