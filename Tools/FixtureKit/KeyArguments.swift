/// The keys of an encrypted file as given on the command line: `footer=HEX,COLUMN=HEX,aad_prefix=TEXT`.
public struct KeyArguments: Sendable {
    /// Key of the footer.
    public private(set) var footer: [UInt8]?
    /// Keys of columns by their dotted path.
    public private(set) var columns: [String: [UInt8]] = [:]
    /// The part of the additional authenticated data that the file does not store.
    public private(set) var aadPrefix: [UInt8]?

    /// Parses the text; nil where it is of another form, so that no part of a key gets into a message.
    public init?(_ text: String) {
        for pair in text.split(separator: ",") {
            // Names of columns may have an equals sign; keys have none.
            guard let separator = pair.hasPrefix("aad_prefix=") ? pair.firstIndex(of: "=") : pair.lastIndex(of: "=")
            else { return nil }
            let (name, value) = (pair[..<separator], pair[pair.index(after: separator)...])
            if name == "aad_prefix" {
                aadPrefix = Array(value.utf8)
                continue
            }
            guard let key = Hexadecimal.bytes(value), [16, 24, 32].contains(key.count) else { return nil }
            if name == "footer" { footer = key } else { columns[String(name)] = key }
        }
    }
}

extension KeyArguments: CustomStringConvertible {
    /// Which keys there are, without the keys.
    public var description: String { "keys of \(columns.count + (footer == nil ? 0 : 1)) parts" }
}
