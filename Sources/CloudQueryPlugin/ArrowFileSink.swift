import ArrowIPC
import ArrowLayout
import ByteCore
public import Logging

/// Writes every table of a sync into a directory, as one Arrow IPC stream: `TABLE.arrows`.
///
/// A file has its name only when the sync has ended; until then an older one of that name stays.
public actor ArrowFileSink: SyncSink {
    private let directory: String
    private let log: Logger
    /// By the table name's bytes.
    private var tables: [[UInt8]: (writer: StreamWriter, file: OutputFile)] = [:]

    /// Creates a sink into a directory, which is made if it is not there.
    ///
    /// - Throws: `FileFault`.
    public init(directory: String, log: Logger) throws {
        try OutputFile.makeDirectory(directory)
        self.directory = directory
        self.log = log
    }

    /// Writes one message; errors are logged, and the table they are of is left out.
    public func send(_ message: SyncMessage) throws {
        switch message {
        case .migrate(let table):
            let name = table.name
            guard !name.contains("/"), !name.hasPrefix("."), !name.isEmpty else { throw UnsuitableName(table: name) }
            let writer = try StreamWriter(schema: table.schema)
            let file = try OutputFile(path: "\(directory)/\(name).arrows")
            tables[Array(name.utf8)] = (writer, file)
            try file.write(writer.start)
        case .insert(let batch):
            let name = batch.schema.metadata[Table.nameKey] ?? ""
            // A table that failed may have rows under way.
            guard let table = tables[Array(name.utf8)] else { return }
            try table.file.write(table.writer.message(of: batch))
        case .error(let tableName, let text):
            log.error("\(text)", metadata: ["table": "\(tableName)"])
            tables.removeValue(forKey: Array(tableName.utf8))?.file.abandon()
        case .deleteRecord, .checkpoint:
            // Files are written anew, so there is nothing to delete, and nothing to go on from.
            break
        }
    }

    /// Ends the files of all tables that did not fail and gives them their names.
    public func finish() throws {
        for table in tables.values {
            try table.file.write(StreamWriter.end)
            try table.file.finish()
        }
        tables = [:]
    }

    /// Removes the files that are not finished.
    public func abandon() {
        for table in tables.values { table.file.abandon() }
        tables = [:]
    }
}

/// A table that cannot be a file.
struct UnsuitableName: Error, CustomStringConvertible {
    let table: String
    var description: String { "the table name \"\(table)\" cannot be the name of a file" }
}
