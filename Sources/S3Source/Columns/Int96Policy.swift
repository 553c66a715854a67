import ByteCore
import Logging
import Parquet
import ParquetArrow
import S3
import Synchronization

/// What becomes of INT96 timestamps, which have nanoseconds over more years than 64 bits hold.
///
/// All files are read in the one unit of the spec: the columns of a table are announced before a value is seen, and the
/// footer does not bound the values. Digits that the unit cuts off are warned of; a value beyond the unit fails the
/// sync rather than become another date or cost the rows after it.
final class Int96Policy: Sendable {
    let unit: Int96Timestamps
    private let logger: Logger
    /// Columns that were warned of, after the name of their table.
    private let warned = Mutex<Set<[String]>>([])

    init(unit: Int96Timestamps, logger: Logger) {
        self.unit = unit
        self.logger = logger
    }

    /// Warns of columns with digits that the unit cuts off, once for each column of a table.
    func warn(ofCutDigitsIn columns: [String], table: String, key: ObjectKey) {
        for column in columns where warned.withLock({ $0.insert([table, column]).inserted }) {
            logger.warning(
                "INT96 timestamps have more digits than int96_timestamps keeps; the rest is cut",
                metadata: [
                    "table": "\(table)", "column": "\(column)", "key": "\(key)", "int96_timestamps": "\(unit.specName)",
                ])
        }
    }

    /// Returns the error of a value that the unit does not hold; any other error as it is.
    func explained(_ error: any Error) -> any Error {
        guard let error = error as? ParquetError, error.kind == .malformed(.timestampRange) else { return error }
        return Int96RangeError(cause: error, unit: unit)
    }
}

/// An INT96 timestamp that the unit of the spec does not hold.
struct Int96RangeError: Error, CustomStringConvertible {
    let cause: ParquetError
    let unit: Int96Timestamps

    var description: String {
        let coarser = Int96Timestamps.allCases.filter { $0.rawValue > unit.rawValue }
        let names = coarser.map { "\"\($0.specName)\"" }.joined(separator: " or ")
        return "\(cause); int96_timestamps is \"\(unit.specName)\": set it to \(names)"
    }
}

extension Int96Timestamps {
    /// The unit's name in the spec.
    var specName: String {
        switch self {
        case .nanoseconds: "ns"
        case .microseconds: "us"
        case .milliseconds: "ms"
        }
    }
}
