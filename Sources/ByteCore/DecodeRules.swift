extension DecodeFault {
    /// The sentence of the specification that the bytes break; one case each, so that a test asserts the cause.
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        case alpCount = "an ALP body must not have more values than the page says"
        case alpException = "the exceptions of an ALP vector must be among its values"
        case alpOffset = "an ALP vector must begin where the one before ends"
        case alpPowers = "the powers of ten of an ALP vector must fit the type and each other"
        case alpVectorSize = "an ALP vector must have the size of a power of two from 8 to 32,768"
        case bitWidth = "a bit width must not exceed that of the type"
        case bloomFilterSize = "a bloom filter must consist of blocks of 32 bytes"
        case brokenRepetition = "a value must not go on a list that is null, empty or absent"
        case byteArrayLength = "a byte array must fit into its page"
        case chunkColumnCount = "a row group must have one column chunk for every leaf of the schema"
        case chunkOutsideFile = "a column chunk must lie inside the file, before the footer"
        case chunkValueCount = "the pages of a column chunk must hold as many values as its metadata says"
        case codecData = "the compressed bytes are not valid for their codec"
        case codecOutputSize = "the bytes decompress to another size than the header says"
        case codecRatio = "the header claims a size that its codec cannot reach from so few bytes"
        case columnRowCount = "a column must have as many rows as its row group"
        case decimalRange = "a decimal must fit its precision"
        case deltaBlockShape = "a delta block must consist of equal miniblocks of whole groups"
        case deltaCount = "a delta-encoded run must have as many values as the page says"
        case dictionaryIndex = "a dictionary index must be below the number of values"
        case dictionaryMissing = "a page of indices must come after a dictionary page"
        case dictionaryNotFirst = "a dictionary page must be the first and only one of its column chunk"
        case encryptionAlgorithm = "a file with encrypted columns must name its encryption algorithm"
        case firstRepetitionLevel = "a column chunk must begin with a repetition level of 0"
        case fixedLength = "a fixed-length value must have the length of its type"
        case footerLength = "the footer must fit into the file"
        case footerSignature = "a footer that is signed must be followed by its signature"
        case indexLength = "the lists of a page index must have one element for each page"
        case indexOrder = "the pages of an offset index must be in the order of their rows"
        case integerRange = "an integer does not fit its type"
        case invalidUTF8 = "text must be UTF-8"
        case levelBytes = "the levels of a page must fit into the page"
        case listCount = "a list must not have more elements than bytes"
        case logicalType = "a logical type must fit the physical type that it annotates"
        case magicNumber = "not a Parquet file: it must end in PAR1"
        case mapKeyNull = "a key of a map must not be null"
        case missingField = "a required field is missing"
        case moduleLength = "an encrypted module must have the length that stands before it"
        case moduleOrdinal = "an encrypted file must not have more than 32,768 row groups, columns, or pages of a chunk"
        case negativeSize = "a size or count must not be negative"
        case pageNullCount = "a page must not have more nulls than values"
        case physicalTypeMismatch = "a column chunk must have the physical type of its schema element"
        case prefixLength = "a shared prefix must not be longer than the value before"
        case rowCount = "a column without repetition must have one value for each row"
        case runLengthZero = "a run must have at least one value"
        case schemaChildCount = "the child counts of the schema must match its elements"
        case schemaRepetition = "a schema element must be required, optional or repeated"
        case schemaTypeLength = "a fixed-length type must have a length"
        case siblingStructure = "columns of one group must agree on its lists and nulls"
        case sizeOverflow = "a sum or product of sizes overflows"
        case streamLength = "split byte streams must be equally long"
        case thriftType = "a value has a type that the compact protocol does not have"
        case timestampRange = "a timestamp must fit the unit of its column"
        case tooFewValues = "a page must hold as many values as its levels ask for"
        case valueAboveMaximum = "a level or boolean must not be above its maximum"
        case variantConflict = "a value beside a typed value must be an object, and the typed one its fields"
        case variantMetadata = "the metadata of a variant must be a dictionary of names"
        case variantName = "the metadata of a variant must have the names of its fields"
        case variantShape = "a variant must have a value, or a typed value of a type that variants have"
        case variantValue = "the values in a variant must lie inside its bytes, none inside another"
        case varintTooLong = "a variable-length integer is longer than its type"
    }

    /// The configured bound that the bytes exceed.
    public enum Limit: String, Hashable, Sendable, CaseIterable {
        case batchByteCount = "bytes of one column in a batch"
        case batchValueCount = "values of one column in a batch"
        case compressionRatio = "bytes that one compressed byte stands for"
        case dictionarySize = "dictionary size"
        case footerSize = "footer size"
        case nestingDepth = "nesting depth"
        case pageSize = "page size"
        case schemaElements = "number of schema elements"
    }

    /// What opens encrypted bytes.
    public enum Secret: String, Hashable, Sendable, CaseIterable {
        case aadPrefix = "the AAD prefix"
        case columnKey = "the key of the column"
        case footerKey = "the footer key"
    }

    /// The feature of the format that this reader does not have.
    public enum Feature: Hashable, Sendable {
        /// A variant of ALP, by its compression mode and integer encoding.
        case alpVariant(UInt8, UInt8)
        /// A bloom filter with another hash, algorithm or compression than the format has so far.
        case bloomFilter
        /// A Parquet compression codec, by its number in the format.
        case codec(Int32)
        /// A kind of column key, by its number in the format.
        case columnKey(Int32)
        /// A Parquet encoding, by its number in the format.
        case encoding(Int32)
        /// A Parquet encoding that this physical type does not have here, both by their numbers in the format.
        case encodingOfType(Int32, Int32)
        /// An encryption algorithm, by its number in the format.
        case encryptionAlgorithm(Int32)
        /// A column chunk stored in another file.
        case externalFile
        /// A Parquet physical type, by its number in the format.
        case physicalType(Int32)
        /// A primitive type in a variant, by its number in the format.
        case variantType(UInt8)
        /// A version of the encoding of variants.
        case variantVersion(UInt8)
    }
}
