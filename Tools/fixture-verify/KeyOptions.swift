import ArgumentParser
import Parquet

/// The keys of encrypted files.
struct KeyOptions: ParsableArguments {
    // Text, not a parsed value: the parser of arguments would repeat a wrong one, key and all, in its message.
    @Option(name: .customLong("keys"), help: "Keys of an encrypted file: footer=HEX,COLUMN=HEX,aad_prefix=TEXT.")
    private var text: String?

    /// The keys, of which there may be none.
    private(set) var keys = DecryptionKeys.none

    private enum CodingKeys: CodingKey {
        case text
    }

    mutating func validate() throws {
        do {
            keys = try DecryptionKeys(parsing: text ?? "")
        } catch {
            throw ValidationError(error.description)
        }
    }
}
