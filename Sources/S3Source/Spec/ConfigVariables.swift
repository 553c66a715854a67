/// The variables of a CloudQuery configuration: `${NAME}` is a variable of the environment, `${file:PATH}` the content of
/// a file.
///
/// They are replaced in the text, as the CLI does it, so that a number stays a number. What cannot be replaced is left:
/// it may stand in a document that is not asked for.
struct ConfigVariables {
    let environment: [String: String]
    /// Returns the content of a file; nil where it cannot be read.
    let readFile: (String) -> String?

    /// Returns a text with its variables replaced; lines that are comments stay as they are.
    func expand(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.drop { $0 == " " || $0 == "\t" }.hasPrefix("#") ? String(line) : expand(line: line)
        }.joined(separator: "\n")
    }

    private func expand(line: Substring) -> String {
        var result = ""
        var rest = line
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let name = rest[start.upperBound..<end]
            result += rest[..<start.lowerBound]
            result += value(of: String(name)) ?? "${\(name)}"
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private func value(of name: String) -> String? {
        guard name.hasPrefix("file:") else { return environment[name] }
        guard let content = readFile(String(name.dropFirst("file:".count))) else { return nil }
        // Keys have several lines, which would end the text they stand in.
        return content.hasPrefix("-----BEGIN") ? content.replacing("\n", with: "\\n") : content
    }

    /// Returns the first variable left in a text; nil for none.
    static func first(in text: String) -> String? {
        guard let start = text.firstRange(of: "${"), let end = text[start.upperBound...].firstIndex(of: "}") else {
            return nil
        }
        return String(text[start.upperBound..<end])
    }
}
