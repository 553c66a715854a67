extension DecodeFault {
    /// The sentence of the specification that the bytes break; one case each, so that a test asserts the cause.
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        case chunkColumnCount = "a row group must have one column chunk for every leaf of the schema"
        case chunkOutsideFile = "a column chunk must lie inside the file, before the footer"
        case chunkValueCount = "the pages of a column chunk must hold as many values as its metadata says"
        case codecData = "the compressed bytes are not valid for their codec"
        case codecOutputSize = "the bytes decompress to another size than the header says"
        case codecRatio = "the header claims a size that its codec cannot reach from so few bytes"
        case dictionaryNotFirst = "a dictionary page must be the first and only one of its column chunk"
        case footerLength = "the footer must fit into the file"
        case integerRange = "an integer does not fit its type"
        case levelBytes = "the levels of a page must fit into the page"
        case listCount = "a list must not have more elements than bytes"
        case magicNumber = "not a Parquet file: it must end in PAR1"
        case missingField = "a required field is missing"
        case negativeSize = "a size or count must not be negative"
        case pageNullCount = "a page must not have more nulls than values"
        case physicalTypeMismatch = "a column chunk must have the physical type of its schema element"
        case rowCount = "a column without repetition must have one value for each row"
        case schemaChildCount = "the child counts of the schema must match its elements"
        case schemaRepetition = "a schema element must be required, optional or repeated"
        case schemaTypeLength = "a fixed-length type must have a length"
        case sizeOverflow = "a sum or product of sizes overflows"
        case thriftType = "a value has a type that the compact protocol does not have"
        case varintTooLong = "a variable-length integer is longer than its type"
    }

    /// The configured bound that the bytes exceed.
    public enum Limit: String, Hashable, Sendable, CaseIterable {
        case footerSize = "footer size"
        case nestingDepth = "nesting depth"
        case pageSize = "page size"
        case schemaElements = "number of schema elements"
    }

    /// The feature of the format that this reader does not have.
    public enum Feature: Hashable, Sendable {
        /// Levels in the deprecated bit-packed encoding.
        case bitPackedLevels
        /// A Parquet compression codec, by its number in the format.
        case codec(Int32)
        /// A Parquet encoding, by its number in the format.
        case encoding(Int32)
        /// A column encrypted by a key.
        case encryptedColumn
        /// A file whose footer is encrypted.
        case encryptedFooter
        /// A column chunk stored in another file.
        case externalFile
        /// A Parquet physical type, by its number in the format.
        case physicalType(Int32)
    }
}
