import S3

/// Where the rows of an object belong, and what its key says of them.
struct KeyPlacement: Hashable, Sendable {
    /// The table's name.
    let table: String
    /// What the table is named after: two of one name are a collision.
    let origin: [UInt8]
    /// The values of columns that the key gives.
    let values: [PathValue]
}

/// How keys are laid out in the bucket: which ones are read, as which tables.
struct KeyLayout: Sendable {
    /// What a key means.
    enum Meaning: Hashable, Sendable {
        case object(KeyPlacement)
        /// Not a Parquet object of a table, by its ending or directory.
        case otherFile
        /// No rule matches it.
        case unmatched
        /// Nothing of it can be in a table's name.
        case nameless
    }

    /// Tried in order, the first that matches counts; without any, directories are tables.
    var rules: [TableRule] = []
    /// Whether `key=value` segments are columns instead of parts of the table's name.
    var foldsPartitions = false
    /// The table of objects all of whose directories are partitions.
    let bucket: String
    /// Number of bytes of the prefix that keys are listed by.
    var prefixByteCount = 0

    /// Returns what a key means.
    func meaning(of key: ObjectKey) -> Meaning {
        if WorkDirectory.holds(key, after: prefixByteCount) { return .otherFile }
        let partitions = foldsPartitions ? HivePartitions(key) : nil
        let base: [UInt8]
        var values = partitions?.values ?? []
        if rules.isEmpty {
            guard TableNaming.isParquet(key) else { return .otherFile }
            if let partitions, !partitions.values.isEmpty {
                base = partitions.directory.isEmpty ? Array(bucket.utf8) : partitions.directory
            } else {
                base = TableNaming.base(of: key)
            }
        } else {
            guard let match = rules.lazy.compactMap({ $0.match(key) }).first else { return .unmatched }
            base = match.table
            values.removeAll { value in match.values.contains { $0.column == value.column } }
            values += match.values
        }
        guard let table = TableNaming.tableName(of: base) else { return .nameless }
        return .object(KeyPlacement(table: table, origin: base, values: values))
    }
    /// Whether a key below a directory may be of a table.
    func table(_ name: String, mayHaveObjectsIn directory: ObjectKey) -> Bool {
        guard rules.isEmpty else { return true }
        let file = ObjectKey(directory.bytes + Array("/x".utf8))
        let base = foldsPartitions ? HivePartitions(file).directory : directory.bytes
        // Tables of directories further down have longer names; where all are partitions so far, any may follow.
        guard let first = TableNaming.tableName(of: base) else { return true }
        return name == first || name.hasPrefix(first + "_")
    }
}
