import S3

/// Directories in which tools that write Parquet keep what is not, or not yet, part of a table.
enum WorkDirectory {
    /// Delta Lake's log with its checkpoints, and what Spark and Hive have not committed.
    private static let names = ["_delta_log", "_spark_metadata", "_temporary"].map { Array($0.utf8) }
    private static let stems = [".hive-staging", ".spark-staging"].map { Array($0.utf8) }

    /// Returns whether a key lies in such a directory.
    ///
    /// - Parameter prefixByteCount: so many bytes at the beginning do not count: the user named them.
    static func holds(_ key: ObjectKey, after prefixByteCount: Int) -> Bool {
        let bytes = key.bytes
        var start = 0
        while let slash = bytes[start...].firstIndex(of: UInt8(ascii: "/")) {
            let segment = bytes[start..<slash]
            if start >= prefixByteCount,
                names.contains(where: { segment.elementsEqual($0) }) || stems.contains(where: segment.starts(with:))
            {
                return true
            }
            start = slash + 1
        }
        return false
    }
}
