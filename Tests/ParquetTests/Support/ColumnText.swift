import ByteCore

@testable import Parquet

/// The values of one column of a file as text, for columns of INT32, INT64 and text without nesting.
func columnText(_ leaf: LeafColumn, of file: Bytes, metadata: FileMetadata) async throws -> [String?] {
    var result: [String?] = []
    for rowGroup in metadata.rowGroups {
        let plan = try RowGroupPlan(rowGroup: rowGroup, leaves: [leaf], fileByteCount: file.byteCount)
        let chunk = try await load(plan, from: file).chunks[0]
        var reader = ColumnChunkReader(chunk: chunk, leaf: leaf, metadata: rowGroup.columns[leaf.index])
        do throws(DecodeFault) {
            while let page = try reader.nextPage() {
                result += try pageText(
                    page, dictionary: reader.dictionary, byteWidth: leaf.physicalType == .int32 ? 4 : 8)
            }
        } catch {
            throw ParquetError(error, rowGroup: rowGroup.index, column: leaf.name, page: reader.pageIndex)
        }
    }
    return result
}

private func pageText(
    _ page: DecodedPage, dictionary: DictionaryValues?, byteWidth: Int
) throws(DecodeFault) -> [String?] {
    var isPresent = [Bool](repeating: true, count: page.valueCount)
    if case .mask(var mask) = page.levels {
        var levels = [UInt8](repeating: 0, count: page.valueCount)
        try mask.take(page.valueCount, upTo: 1, into: &levels)
        isPresent = levels.map { $0 == 1 }
    }
    let count = isPresent.count { $0 }
    var values = page.values
    var present: [String] = []
    let isText =
        switch (values, dictionary) {
        case (.plainByteArrays, _), (.byteRuns, _), (.indices, .byteRuns): true
        default: false
        }
    if isText {
        var ends = ByteBuilder()
        var data = ByteBuilder()
        try values.take(count, dictionary: dictionary, byteLimit: .max, offsets: &ends, data: &data)
        var start = 0
        for index in 0..<count {
            let end = Int(ends.span.load(at: index * 4, as: UInt32.self))
            present.append(String(repairing: data.span.extracting(start..<end)))
            start = end
        }
    } else {
        var output = ByteBuilder()
        try values.take(count, dictionary: dictionary, into: &output)
        for index in 0..<count {
            present.append(
                byteWidth == 4
                    ? "\(output.span.load(at: index * 4, as: Int32.self))"
                    : "\(output.span.load(at: index * 8, as: Int64.self))")
        }
    }
    var next = present.makeIterator()
    return isPresent.map { $0 ? next.next() : nil }
}
