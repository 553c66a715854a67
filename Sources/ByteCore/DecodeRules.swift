extension DecodeFault {
    /// The sentence of the specification that the bytes break; one case each, so that a test asserts the cause.
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        case bitWidth = "a bit width must not exceed that of the type"
        case byteArrayLength = "a byte array must fit into its page"
        case deltaBlockShape = "a delta block must consist of equal miniblocks of whole groups"
        case deltaCount = "a delta-encoded run must have as many values as the page says"
        case dictionaryIndex = "a dictionary index must be below the number of values"
        case dictionaryMissing = "a page of indices must come after a dictionary page"
        case firstRepetitionLevel = "a column chunk must begin with a repetition level of 0"
        case fixedLength = "a fixed-length value must have the length of its type"
        case invalidUTF8 = "text must be UTF-8"
        case negativeSize = "a size or count must not be negative"
        case prefixLength = "a shared prefix must not be longer than the value before"
        case runLengthZero = "a run must have at least one value"
        case sizeOverflow = "a sum or product of sizes overflows"
        case streamLength = "split byte streams must be equally long"
        case tooFewValues = "a page must hold as many values as its levels ask for"
        case valueAboveMaximum = "a level or boolean must not be above its maximum"
        case varintTooLong = "a variable-length integer is longer than its type"
    }

    /// The configured bound that the bytes exceed.
    public enum Limit: String, Hashable, Sendable, CaseIterable {
        case batchByteCount = "bytes of one column in a batch"
        case nestingDepth = "nesting depth"
        case pageSize = "page size"
    }

    /// The feature of the format that this reader does not have.
    public enum Feature: Hashable, Sendable {
        /// A Parquet encoding, by its number in the format.
        case encoding(Int32)
        /// A Parquet encoding that this physical type does not have here, both by their numbers in the format.
        case encodingOfType(Int32, Int32)
        /// A Parquet compression codec, by its number in the format.
        case codec(Int32)
    }
}
