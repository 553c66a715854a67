import CloudQueryPlugin
import S3

/// A table in a sync: what was done before, and which objects are done now.
struct TableProgress: Sendable {
    let table: DiscoveredTable
    private let state: TableState
    private var isDone: [Bool]

    init(table: DiscoveredTable, state: TableState) {
        self.table = table
        self.state = state
        isDone = table.objects.map { !state.isNew($0.summary) || $0.unreadable?.isFinal ?? false }
    }

    /// The table's name.
    var name: String { table.table.name }

    /// Indices of the objects whose rows are still to be sent.
    var pending: [Int] {
        table.objects.indices.filter { !isDone[$0] && table.objects[$0].unreadable == nil }
    }

    /// Notes that the rows of an object have all been sent, or never will be.
    mutating func finish(object index: Int) {
        isDone[index] = true
    }

    /// The state to keep when the sync ends well.
    var nextState: TableState {
        let objects = zip(table.objects, isDone)
        return state.advanced(
            over: objects.filter(\.1).map(\.0.summary), unread: objects.filter { !$0.1 }.map(\.0.summary))
    }
}
