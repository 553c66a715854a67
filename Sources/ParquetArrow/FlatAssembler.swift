import ArrowLayout
import ByteCore
import Parquet

/// Cuts rows of one leaf: pages in, Arrow arrays out.
///
/// A column without nesting has one value for each row. The leaf of a nested one has as many as its levels say, which
/// are kept for the arrays above it.
struct FlatAssembler: Sendable {
    private let type: DataType
    private let conversion: LogicalConversion
    private let rowGroup: Int
    /// Bytes of the column in a batch, at most.
    private let byteLimit: Int
    private var reader: ColumnChunkReader

    /// The levels of a leaf of a nested column.
    private var nesting: LevelCutter?
    /// What is left of the open page.
    private var pageRowCount = 0
    private var pageLevels = LevelRuns.required
    private var values = PhysicalValues.fixedWidth(Bytes(), byteWidth: 1, index: 0)
    /// The chunk's dictionary in Arrow's form.
    private var dictionary: DictionaryValues?
    /// Values, and bytes of byte arrays, for each row, by the batches so far: the guess for the next one.
    private var valuesPerRow = 1.0
    private var dataBytesPerRow: Double
    /// Position in the chunk up to which bytes have to be in memory for the rows asked for; nil where those were taken.
    private var awaitedEnd: Int?
    /// How often the bytes in memory were too few for the rows asked for.
    private var undoneCount = 0
    /// Whether an INT96 timestamp of the pages so far has digits that its column's unit cuts off.
    private(set) var hasCutDigits = false

    /// Creates an assembler; `dataBytesPerRow` is a first guess for byte arrays. `nesting` is nil for a flat column.
    init(
        _ reader: ColumnChunkReader, mapping: ColumnMapping, nesting: LevelCutter? = nil, rowGroup: Int,
        dataBytesPerRow: Double, limits: Limits
    ) {
        self.reader = reader
        self.nesting = nesting
        self.dataBytesPerRow = dataBytesPerRow
        byteLimit = limits.batchByteCount
        type = mapping.type
        conversion = mapping.conversion
        self.rowGroup = rowGroup
    }

    /// The column.
    var leaf: LeafColumn { reader.leaf }

    /// The levels of the rows taken last, of a leaf of a nested column.
    var levels: RowLevels? { nesting?.rows }

    /// Takes the values of the next `rowCount` rows; nil, and nothing has changed, where more of the chunk has to be in
    /// memory first.
    ///
    /// - Throws: what is wrong with a page, or that the column has fewer rows.
    mutating func take(_ rowCount: Int) throws(ParquetError) -> ArrayData? {
        // A copy keeps memory from being used again, so it is made only where it may be needed.
        if reader.chunk.isComplete || nesting == nil && pageRowCount >= rowCount { return try takeAll(rowCount) }
        let before = self
        do throws(ParquetError) {
            let array = try takeAll(rowCount)
            (awaitedEnd, undoneCount) = (nil, 0)
            return array
        } catch {
            guard let byteCount = reader.awaitedByteCount else { throw error }
            let end = reader.chunk.offset + byteCount
            self = before
            awaitedEnd = end
            undoneCount += 1
            return nil
        }
    }

    private mutating func takeAll(_ rowCount: Int) throws(ParquetError) -> ArrayData {
        nesting?.begin(rowCount)
        do throws(DecodeFault) {
            switch type.layout {
            case .none: return try takeNulls(rowCount)
            case .bits: return try takeBits(rowCount)
            case .fixedWidth(let byteWidth): return try takeFixedWidth(rowCount, byteWidth)
            case .variable: return try takeByteArrays(rowCount)
            case .view, .list, .listView, .validityOnly: preconditionFailure("not a flat type")
            }
        } catch {
            throw error.located(in: reader, rowGroup)
        }
    }

    /// Adds bytes of the chunk that follow those in memory.
    mutating func append(_ bytes: Bytes) { reader.append(bytes) }

    /// Which bytes of the chunk to fetch next: none while at least `pieceByteCount` are in memory that were not read yet.
    func missingBytes(pieceByteCount: Int) -> Range<Int> {
        let chunk = reader.chunk
        var count = chunk.end - chunk.offset < pieceByteCount ? pieceByteCount : 0
        if let awaitedEnd, awaitedEnd > chunk.end {
            // Rows that need many pieces are begun again for each, so these become larger.
            count = max(awaitedEnd - chunk.end, pieceByteCount << min(undoneCount - 1, 16))
        }
        return chunk.end..<min(chunk.end + count, chunk.byteCount)
    }

    /// Bytes that the pages open at once take, guessed by the first ones: a page that rows are taken of, two whose memory
    /// is used again, unless pages are read as they are stored, and the dictionary as stored and as Arrow has it.
    /// `uncompressedByteCount` is what the footer says of all pages that are opened.
    func openByteCount(uncompressedByteCount: Int) -> Int {
        guard let (dictionary, data) = reader.nextHeaders else { return uncompressedByteCount }
        let byteCount = reader.openByteCount(of: data)
        return 2 * (dictionary?.uncompressedByteCount ?? 0)
            + min(3 * byteCount, max(byteCount, uncompressedByteCount))
    }

    /// Bytes of one value in a batch, guessed by the first pages: of a dictionary, each value may come any number of
    /// times. Nil where no header is in memory, or values are stored as often as they come.
    var dictionaryValueByteCount: Double? {
        guard let header = reader.nextHeaders?.dictionary, case .dictionary(let count, _) = header.content else {
            return nil
        }
        return Double(header.uncompressedByteCount) / Double(max(count, 1))
    }

    /// Checks that no rows are left.
    mutating func finish() throws(ParquetError) {
        do throws(DecodeFault) {
            if let nesting {
                guard nesting.isPageEmpty, !reader.hasValues else { throw .malformed(.columnRowCount) }
                return
            }
            guard pageRowCount == 0, !reader.hasValues else { throw .malformed(.rowCount) }
        } catch {
            throw error.located(in: reader, rowGroup)
        }
    }

    /// Opens pages until there are rows.
    private mutating func openPage() throws(DecodeFault) {
        while pageRowCount == 0 {
            guard let page = try nextPage() else { throw .malformed(.rowCount) }
            pageRowCount = page.valueCount
            pageLevels = page.levels
        }
    }

    private mutating func nextPage() throws(DecodeFault) -> DecodedPage? {
        // The old page's memory is free for the new one only if nothing here looks at it any more.
        values = .fixedWidth(Bytes(), byteWidth: 1, index: 0)
        guard let page = try reader.nextPage() else { return nil }
        values = page.values
        if type == .null { return page }
        if case .indices = values, dictionary == nil, let stored = reader.dictionary {
            dictionary = try conversion.convert(stored)
            if case .int96(let unit) = conversion, case .fixedWidth(let values, _) = stored {
                hasCutDigits = unit.cutsDigits(of: values.span)
            }
        }
        if !hasCutDigits, case .int96(let unit) = conversion, case .fixedWidth(let values, _, _) = values {
            hasCutDigits = unit.cutsDigits(of: values.span)
        }
        if case .byteRuns(let runs, _) = values, conversion == .text { try runs.requireUTF8() }
        return page
    }

    /// Takes levels of one page, up to `limit` of those that are left of `rowCount` rows; returns how many values
    /// begin, and how many of them are there. Nil after the last.
    private mutating func takeLevels(
        of rowCount: Int, limit: Int = .max, _ validity: inout RowValidity
    ) throws(DecodeFault) -> (slotCount: Int, validCount: Int)? {
        if nesting != nil { return try takeNestedLevels(&validity) }
        guard validity.count < rowCount else { return nil }
        try openPage()
        let wanted = min(limit, rowCount - validity.count, pageRowCount)
        var taken = (rowCount: wanted, validCount: wanted)
        switch pageLevels {
        case .required: validity.append(repeating: true, count: wanted)
        case .mask(var mask):
            taken = try validity.take(wanted, of: &mask)
            pageLevels = .mask(mask)
        case .levels: preconditionFailure("not a flat column")
        }
        pageRowCount -= taken.rowCount
        return (taken.rowCount, taken.validCount)
    }

    private mutating func takeNestedLevels(
        _ validity: inout RowValidity
    ) throws(DecodeFault) -> (slotCount: Int, validCount: Int)? {
        while nesting?.needsPage == true {
            guard let page = try nextPage() else {
                guard nesting?.hasAllRows == true else { throw .malformed(.columnRowCount) }
                return nil
            }
            nesting?.open(page.levels, valueCount: page.valueCount)
        }
        return try nesting?.take(&validity)
    }

    /// The number of values to expect in `rowCount` rows.
    private func expectedCount(_ rowCount: Int) -> Int { Int(valuesPerRow * Double(rowCount)) }

    private mutating func takeNulls(_ rowCount: Int) throws(DecodeFault) -> ArrayData {
        var count = rowCount
        if nesting != nil {
            var validity = RowValidity(capacity: 0)
            while try takeLevels(of: rowCount, &validity) != nil {}
            count = validity.count
        } else {
            // Only the pages say that so many rows are there; the footer may claim any number.
            var missing = rowCount
            while missing > 0 {
                try openPage()
                let taken = min(missing, pageRowCount)
                pageRowCount -= taken
                missing -= taken
            }
        }
        return ArrayData(type: type, count: count, nullCount: count, buffers: [])
    }

    /// Whether the next `rowCount` rows lie in the open page and are all there; if so, their levels are taken.
    private mutating func takesPresentRows(_ rowCount: Int) throws(DecodeFault) -> Bool {
        try openPage()
        guard rowCount <= pageRowCount else { return false }
        switch pageLevels {
        case .required: break
        case .mask(var mask):
            guard let run = try mask.peekRepeated(), run.value == 1, run.count >= rowCount else { return false }
            _ = try mask.next(limit: rowCount)
            pageLevels = .mask(mask)
        case .levels: return false
        }
        pageRowCount -= rowCount
        return true
    }

    // MARK: Fixed width

    /// Bytes of one fixed-width column in a batch: ten million rows of 100 bytes.
    private static let fixedWidthByteLimit = 1 << 30

    private mutating func takeFixedWidth(_ rowCount: Int, _ byteWidth: Int) throws(DecodeFault) -> ArrayData {
        if nesting == nil, conversion.isIdentity, case .fixedWidth = try openValues(),
            try takesPresentRows(rowCount)
        {
            // The page's own memory becomes the array's.
            guard let window = values.window(rowCount) else { throw .malformed(.tooFewValues) }
            return ArrayData(type: type, count: rowCount, nullCount: 0, buffers: [Bytes(), window])
        }
        let expected = expectedCount(rowCount)
        // The width is the footer's word; nulls take it without a byte in the page.
        let limit = min(byteLimit, Self.fixedWidthByteLimit) / max(byteWidth, 1)
        guard rowCount <= limit else { throw DecodeFault(.limit(.batchByteCount)) }
        var output = ByteBuilder(capacity: min(expected, limit) * byteWidth)
        var validity = RowValidity(capacity: expected)
        while let (rows, valid) = try takeLevels(of: rowCount, &validity) {
            let start = validity.count - rows
            guard validity.count <= limit else { throw DecodeFault(.limit(.batchByteCount)) }
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
        return array(validity, [output.freeze()], rowCount)
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
            try values.take(count, dictionary: nil, byteLimit: byteLimit, offsets: &offsets, data: &data)
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
        let expected = expectedCount(rowCount)
        var output = BitBuilder(capacity: expected)
        var validity = RowValidity(capacity: expected)
        while let (rows, valid) = try takeLevels(of: rowCount, &validity) {
            let start = validity.count - rows
            guard rows > 0 else { continue }
            try values.take(valid, into: &output)
            if valid < rows { output.space(last: valid, by: validity.span, from: start, count: rows) }
        }
        return array(validity, [output.freeze()], rowCount)
    }

    // MARK: Byte arrays

    private mutating func takeByteArrays(_ rowCount: Int) throws(DecodeFault) -> ArrayData {
        let expected = expectedCount(rowCount)
        var offsets = ByteBuilder(capacity: (expected + 1) * 4)
        offsets.append(Int32(0))
        if nesting == nil, case .byteRuns = try openValues(), try takesPresentRows(rowCount) {
            // The page's own memory becomes the array's; only offsets are counted anew.
            guard let data = values.window(rowCount, offsets: &offsets) else { throw .malformed(.tooFewValues) }
            return ArrayData(
                type: type, count: rowCount, nullCount: 0, buffers: [Bytes(), offsets.freeze(), data])
        }
        // An eighth more than expected: growing costs a copy, and memory that is not touched costs nothing.
        let byteCount = min(dataBytesPerRow * Double(rowCount) * 1.125, Double(min(byteLimit, Int(Int32.max))))
        var data = ByteBuilder(capacity: Int(byteCount) + 64)
        var validity = RowValidity(capacity: expected)
        // Few enough rows that their text is still in the cache when it is examined.
        while let (rows, valid) = try takeLevels(of: rowCount, limit: Self.blockRowCount, &validity) {
            let start = validity.count - rows
            let base = data.count
            if valid > 0 {
                try values.take(
                    valid, dictionary: dictionary, byteLimit: byteLimit, offsets: &offsets, data: &data)
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
        return array(validity, [offsets.freeze(), data.freeze()], rowCount)
    }

    /// The array of values that were taken, and their number as a guess for the next one.
    private mutating func array(_ validity: consuming RowValidity, _ buffers: [Bytes], _ rowCount: Int) -> ArrayData {
        let (count, nullCount) = (validity.count, validity.nullCount)
        valuesPerRow = Double(count) / Double(rowCount)
        return ArrayData(
            type: type, count: count, nullCount: nullCount, buffers: [validity.freeze()] + buffers)
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
