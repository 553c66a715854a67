import ArrowLayout
import ByteCore
import Parquet

/// Cuts rows of a column without nesting: pages in, Arrow arrays of exact length out.
struct FlatAssembler: Sendable {
    private let type: DataType
    private let conversion: LogicalConversion
    private let rowGroup: Int
    private var reader: ColumnChunkReader

    /// What is left of the open page.
    private var pageRowCount = 0
    private var levels = LevelRuns.required
    private var values = PhysicalValues.fixedWidth(Bytes(), byteWidth: 1, index: 0)
    /// The chunk's dictionary in Arrow's form.
    private var dictionary: DictionaryValues?
    /// Bytes of byte arrays for each row, by the batches so far: the guess for the next one.
    private var dataBytesPerRow: Double

    /// Creates an assembler; `dataBytesPerRow` is a first guess for byte arrays.
    init(_ reader: ColumnChunkReader, mapping: ColumnMapping, rowGroup: Int, dataBytesPerRow: Double) {
        self.reader = reader
        self.dataBytesPerRow = dataBytesPerRow
        type = mapping.type
        conversion = mapping.conversion
        self.rowGroup = rowGroup
    }

    /// Takes the next `rowCount` rows.
    ///
    /// - Throws: what is wrong with a page, or that the column has fewer rows.
    mutating func take(_ rowCount: Int) throws(ParquetError) -> ArrayData {
        do throws(DecodeFault) {
            switch type.layout {
            case .none: return ArrayData(type: type, count: rowCount, nullCount: rowCount, buffers: [])
            case .bits: return try takeBits(rowCount)
            case .fixedWidth(let byteWidth): return try takeFixedWidth(rowCount, byteWidth)
            case .variable: return try takeByteArrays(rowCount)
            case .view, .list, .validityOnly: preconditionFailure("not a flat type")
            }
        } catch {
            throw error.located(in: reader, rowGroup)
        }
    }

    /// Checks that no rows are left.
    mutating func finish() throws(ParquetError) {
        do throws(DecodeFault) {
            guard type != .null else { return }
            guard pageRowCount == 0, try reader.nextPage() == nil else { throw .malformed(.rowCount) }
        } catch {
            throw error.located(in: reader, rowGroup)
        }
    }

    /// Opens pages until there are rows.
    private mutating func openPage() throws(DecodeFault) {
        while pageRowCount == 0 {
            // The old page's memory is free for the new one only if nothing here looks at it any more.
            values = .fixedWidth(Bytes(), byteWidth: 1, index: 0)
            guard let page = try reader.nextPage() else { throw .malformed(.rowCount) }
            pageRowCount = page.valueCount
            levels = page.levels
            values = page.values
            if case .indices = values, dictionary == nil, let stored = reader.dictionary {
                dictionary = try conversion.convert(stored)
            }
            if case .byteRuns(let runs, _) = values, conversion == .text { try runs.requireUTF8() }
        }
    }

    /// Takes the levels of up to `limit` rows of one page; returns how many rows, and how many of them are there.
    private mutating func takeLevels(
        _ limit: Int, _ validity: inout RowValidity
    ) throws(DecodeFault) -> (rowCount: Int, validCount: Int) {
        try openPage()
        let wanted = min(limit, pageRowCount)
        var taken = (rowCount: wanted, validCount: wanted)
        switch levels {
        case .required: validity.append(repeating: true, count: wanted)
        case .mask(var mask):
            taken = try validity.take(wanted, of: &mask)
            levels = .mask(mask)
        case .levels: preconditionFailure("not a flat column")
        }
        pageRowCount -= taken.rowCount
        return taken
    }

    /// Whether the next `rowCount` rows lie in the open page and are all there; if so, their levels are taken.
    private mutating func takesPresentRows(_ rowCount: Int) throws(DecodeFault) -> Bool {
        try openPage()
        guard rowCount <= pageRowCount else { return false }
        switch levels {
        case .required: break
        case .mask(var mask):
            guard let run = try mask.peekRepeated(), run.value == 1, run.count >= rowCount else { return false }
            _ = try mask.next(limit: rowCount)
            levels = .mask(mask)
        case .levels: return false
        }
        pageRowCount -= rowCount
        return true
    }

    // MARK: Fixed width

    private mutating func takeFixedWidth(_ rowCount: Int, _ byteWidth: Int) throws(DecodeFault) -> ArrayData {
        if conversion.isIdentity, case .fixedWidth = try openValues(), try takesPresentRows(rowCount) {
            // The page's own memory becomes the array's.
            guard let window = values.window(rowCount) else { throw .malformed(.tooFewValues) }
            return ArrayData(type: type, count: rowCount, nullCount: 0, buffers: [Bytes(), window])
        }
        var output = ByteBuilder(capacity: rowCount * byteWidth)
        var validity = RowValidity(capacity: rowCount)
        while validity.count < rowCount {
            let start = validity.count
            let (rows, valid) = try takeLevels(rowCount - start, &validity)
            if valid == 0 {
                output.append(repeating: UInt8(0), count: rows * byteWidth)
                continue
            }
            try takeFixedWidthValues(valid, into: &output)
            if valid < rows {
                NullSpacing.spread(
                    &output, byteWidth: byteWidth, validCount: valid, rowCount: rows, mask: validity.span,
                    maskOffset: start)
            }
        }
        let nullCount = validity.nullCount
        return ArrayData(
            type: type, count: rowCount, nullCount: nullCount, buffers: [validity.freeze(), output.freeze()])
    }

    private mutating func takeFixedWidthValues(_ count: Int, into output: inout ByteBuilder) throws(DecodeFault) {
        switch values {
        case .fixedWidth(_, let byteWidth, _) where !conversion.isIdentity:
            guard let window = values.window(count) else { throw .malformed(.tooFewValues) }
            try conversion.append(window.span, byteWidth: byteWidth, count: count, to: &output)
        case .plainByteArrays, .byteRuns:
            // Decimals of varying length, which few files have, go by way of byte arrays.
            var offsets = ByteBuilder(capacity: (count + 1) * 4)
            var data = ByteBuilder()
            offsets.append(Int32(0))
            try values.take(count, dictionary: nil, offsets: &offsets, data: &data)
            try conversion.append(
                ByteRuns(count: count, offsets: offsets.freeze(), data: data.freeze()), to: &output)
        default:
            try values.take(count, dictionary: dictionary, into: &output)
        }
    }

    private mutating func openValues() throws(DecodeFault) -> PhysicalValues {
        try openPage()
        return values
    }

    // MARK: Booleans

    private mutating func takeBits(_ rowCount: Int) throws(DecodeFault) -> ArrayData {
        var output = BitBuilder(capacity: rowCount)
        var validity = RowValidity(capacity: rowCount)
        while validity.count < rowCount {
            let start = validity.count
            let (rows, valid) = try takeLevels(rowCount - start, &validity)
            try values.take(valid, into: &output)
            if valid < rows { output.space(last: valid, by: validity.span, from: start, count: rows) }
        }
        let nullCount = validity.nullCount
        return ArrayData(
            type: type, count: rowCount, nullCount: nullCount, buffers: [validity.freeze(), output.freeze()])
    }

    // MARK: Byte arrays

    private mutating func takeByteArrays(_ rowCount: Int) throws(DecodeFault) -> ArrayData {
        var offsets = ByteBuilder(capacity: (rowCount + 1) * 4)
        offsets.append(Int32(0))
        if case .byteRuns = try openValues(), try takesPresentRows(rowCount) {
            // The page's own memory becomes the array's; only offsets are counted anew.
            guard let data = values.window(rowCount, offsets: &offsets) else { throw .malformed(.tooFewValues) }
            return ArrayData(
                type: type, count: rowCount, nullCount: 0, buffers: [Bytes(), offsets.freeze(), data])
        }
        // An eighth more than expected: growing costs a copy, and memory that is not touched costs nothing.
        let expected = min(dataBytesPerRow * Double(rowCount) * 1.125, Double(Int32.max))
        var data = ByteBuilder(capacity: Int(expected) + 64)
        var validity = RowValidity(capacity: rowCount)
        while validity.count < rowCount {
            let start = validity.count
            let base = data.count
            // Few enough rows that their text is still in the cache when it is examined.
            let (rows, valid) = try takeLevels(min(rowCount - start, Self.blockRowCount), &validity)
            if valid > 0 {
                try values.take(valid, dictionary: dictionary, offsets: &offsets, data: &data)
                if conversion == .text, case .plainByteArrays = values {
                    try ByteRuns.requireUTF8(
                        data.span.extracting(base..<data.count),
                        offsets: offsets.span.extracting(last: (valid + 1) * 4),
                        from: base)
                }
            }
            if valid < rows {
                NullSpacing.spreadEnds(
                    &offsets, validCount: valid, rowCount: rows, mask: validity.span, maskOffset: start)
            }
        }
        if rowCount > 0 { dataBytesPerRow = Double(data.count) / Double(rowCount) }
        let nullCount = validity.nullCount
        return ArrayData(
            type: type, count: rowCount, nullCount: nullCount,
            buffers: [validity.freeze(), offsets.freeze(), data.freeze()])
    }

    /// Rows whose text is examined together.
    private static let blockRowCount = 2048
}

extension DecodeFault {
    fileprivate func located(in reader: ColumnChunkReader, _ rowGroup: Int) -> ParquetError {
        ParquetError(
            self, rowGroup: rowGroup, column: reader.leaf.name, page: reader.pageIndex < 0 ? nil : reader.pageIndex)
    }
}
