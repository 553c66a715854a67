/// Keeps text under keys between syncs: `StateBackend` in a destination, other stores where there is none.
public protocol StateStore: Sendable {
    /// The value of a key; nil when it was never set.
    func value(for key: String) async -> String?

    /// The keys that begin with a prefix, in no order.
    func keys(withPrefix prefix: String) async -> [String]

    /// Sets the value of a key, to be kept by the next `flush` or `checkpoint`.
    func set(_ value: String, for key: String) async

    /// Keeps all changes, now.
    func flush() async throws

    /// Keeps all changes once the destinations have everything that was sent into the sink before.
    func checkpoint(into sink: any SyncSink) async throws
}
