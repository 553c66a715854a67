extension RawSpan {
    /// Whether the bytes are valid UTF-8.
    public var isUTF8: Bool {
        // Every bit pattern is a UInt8, so the typed view of raw bytes is sound.
        let units = unsafe _unsafeView(as: UInt8.self)
        return (try? UTF8Span(validating: units)) != nil
    }
}
