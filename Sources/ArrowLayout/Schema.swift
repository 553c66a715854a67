/// Ordered key-value pairs of a schema or field; a key may occur more than once, then the first one is looked up.
public struct Metadata: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// One key and its value.
    public struct Entry: Hashable, Sendable {
        /// The key.
        public let key: String
        /// The value.
        public var value: String
    }

    /// The pairs, in the order in which they are written.
    public private(set) var entries: [Entry] = []

    /// Creates metadata from pairs, all of which are kept in their order.
    public init(_ pairs: some Sequence<(String, String)>) {
        entries = pairs.map { Entry(key: $0, value: $1) }
    }

    /// Creates metadata from a literal, in its order.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }

    /// Whether there are no pairs.
    public var isEmpty: Bool { entries.isEmpty }

    /// The first value of a key; set nil to remove the key.
    public subscript(key: String) -> String? {
        get { entries.first { $0.key == key }?.value }
        set {
            let index = entries.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): entries[index].value = value
            case (nil, let value?): entries.append(Entry(key: key, value: value))
            case (_?, nil): entries.removeAll { $0.key == key }
            case (nil, nil): break
            }
        }
    }
}

/// A named column or child, with its type.
public struct Field: Hashable, Sendable {
    /// The name; it may be empty and need not be unique.
    public var name: String
    /// The type of the values.
    public var type: DataType
    /// Whether values may be null.
    public var isNullable: Bool
    /// Custom metadata, such as an extension type's name.
    public var metadata: Metadata

    /// Creates a field.
    public init(_ name: String, _ type: DataType, isNullable: Bool = true, metadata: Metadata = [:]) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.metadata = metadata
    }
}

/// The fields of a record batch or stream.
public struct Schema: Hashable, Sendable {
    /// The columns, in order.
    public var fields: [Field]
    /// Custom metadata of the whole.
    public var metadata: Metadata

    /// Creates a schema.
    public init(_ fields: [Field], metadata: Metadata = [:]) {
        self.fields = fields
        self.metadata = metadata
    }
}
