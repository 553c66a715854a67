public import ByteCore

/// Why a Parquet file could not be read, and where in it.
public struct ParquetError: Error, Hashable, Sendable {
    /// What is wrong, by what the reader of the error can do about it.
    public let kind: DecodeFault.Kind
    /// Name of the file or object.
    public var object: String?
    /// Index of the row group.
    public var rowGroup: Int?
    /// Path of the column, joined by dots.
    public var column: String?
    /// Index of the page in its column chunk, counting every page.
    public var page: Int?
    /// Position of the fault. Units: bytes from the start of the innermost part named, after decompression.
    public var offset: Int?

    /// Creates an error with the context that is known so far.
    public init(
        kind: DecodeFault.Kind, rowGroup: Int? = nil, column: String? = nil, page: Int? = nil, offset: Int? = nil
    ) {
        self.kind = kind
        self.rowGroup = rowGroup
        self.column = column
        self.page = page
        self.offset = offset
    }

    /// Creates an error from a fault in bytes.
    public init(_ fault: DecodeFault, rowGroup: Int? = nil, column: String? = nil, page: Int? = nil) {
        self.init(kind: fault.kind, rowGroup: rowGroup, column: column, page: page, offset: fault.offset)
    }

    /// Returns the same error with the name of the object it is about.
    public func inObject(_ name: String) -> ParquetError { with { $0.object = $0.object ?? name } }

    /// Returns the same error seen from bytes that start `byteCount` earlier.
    func shifted(by byteCount: Int) -> ParquetError { with { $0.offset = $0.offset.map { $0 &+ byteCount } } }

    private func with(_ change: (inout ParquetError) -> Void) -> ParquetError {
        var copy = self
        change(&copy)
        return copy
    }
}

extension ParquetError: CustomStringConvertible {
    /// Where and what, such as `row group 2, column "a.list.element", page 4, byte 118: a list must not …`.
    public var description: String {
        var place: [String] = []
        if let rowGroup { place.append("row group \(rowGroup)") }
        if let column { place.append("column \"\(column)\"") }
        if let page { place.append("page \(page)") }
        if let offset { place.append("byte \(offset)") }
        return [object, place.isEmpty ? nil : place.joined(separator: ", "), kind.description]
            .compactMap { $0 }
            .joined(separator: ": ")
    }
}
