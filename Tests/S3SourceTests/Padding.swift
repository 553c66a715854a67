/// Returns a Parquet file with zeros between its last page and its footer, so that it is too large to come whole.
func padded(_ file: [UInt8], byteCount: Int = 9 << 20) -> [UInt8] {
    let length = file.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let footer = file.count - 8 - length
    return file[..<footer] + [UInt8](repeating: 0, count: byteCount) + file[footer...]
}
