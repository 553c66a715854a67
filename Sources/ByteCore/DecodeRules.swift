extension DecodeFault {
    /// The sentence of the specification that the bytes break; one case each, so that a test asserts the cause.
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        case negativeSize = "a size or count must not be negative"
        case sizeOverflow = "a sum or product of sizes overflows"
        case varintTooLong = "a variable-length integer is longer than its type"
    }

    /// The configured bound that the bytes exceed.
    public enum Limit: String, Hashable, Sendable, CaseIterable {
        case nestingDepth = "nesting depth"
    }

    /// The feature of the format that this reader does not have.
    public enum Feature: Hashable, Sendable {
        /// A Parquet encoding, by its number in the format.
        case encoding(Int32)
        /// A Parquet compression codec, by its number in the format.
        case codec(Int32)
    }
}
