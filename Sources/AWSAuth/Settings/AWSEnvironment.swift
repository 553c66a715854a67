internal import FoundationEssentials

/// What settings are read from: variables, the home directory and files, as values.
public struct AWSEnvironment: Sendable {
    /// Environment variables. An empty one counts as not set.
    public var variables: [String: String]
    /// The user's home directory, if it is known.
    public var homeDirectory: String?
    /// Reads a whole file.
    public var readFile: @Sendable (_ path: String) -> FileContent
    /// Replaces a whole file that nobody else may read; does nothing where that fails.
    var writeFile: @Sendable (_ path: String, _ bytes: [UInt8]) -> Void = { _, _ in }

    /// What came of reading a file.
    public enum FileContent: Hashable, Sendable {
        /// The bytes of the file.
        case bytes([UInt8])
        /// There is no such file.
        case missing
        /// The file is there and cannot be read, for the reason given.
        case unreadable(String)
    }

    /// Creates an environment.
    public init(
        variables: [String: String], homeDirectory: String?, readFile: @escaping @Sendable (String) -> FileContent
    ) {
        self.variables = variables
        self.homeDirectory = homeDirectory
        self.readFile = readFile
    }

    /// Returns a variable that is set to more than nothing.
    public subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// Returns whether a variable says `true`, in any case.
    public func isTrue(_ name: String) -> Bool { self[name]?.lowercased() == "true" }

    /// The profile that the variables name, if any.
    var profileName: String? { self["AWS_PROFILE"] ?? self["AWS_DEFAULT_PROFILE"] }

    /// Returns a path with `~` as the home directory and `$NAME` or `${NAME}` as variables; unknown names stay.
    public func expandingPath(_ path: String) -> String {
        var expanded = expandingVariables(path)
        if expanded == "~" || expanded.hasPrefix("~/"), let homeDirectory {
            expanded = homeDirectory + expanded.dropFirst()
        }
        return expanded
    }

    private func expandingVariables(_ path: String) -> String {
        guard path.contains("$") else { return path }
        var expanded = ""
        var rest = path[...]
        while let dollar = rest.firstIndex(of: "$") {
            expanded += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            let isBraced = rest.first == "{"
            let name = (isBraced ? rest.dropFirst() : rest).prefix {
                $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber)
            }
            let closed = !isBraced || rest.dropFirst(1 + name.count).first == "}"
            guard closed, let value = variables[String(name)] else {
                expanded += "$"
                continue
            }
            expanded += value
            rest = rest.dropFirst(name.count + (isBraced ? 2 : 0))
        }
        return expanded + rest
    }
}

extension AWSEnvironment {
    /// The environment of this process.
    public static var process: AWSEnvironment {
        let variables = ProcessInfo.processInfo.environment
        let home = variables["HOME"] ?? FileManager.default.homeDirectoryForCurrentUser.path
        var environment = AWSEnvironment(variables: variables, homeDirectory: home) { path in
            do {
                return .bytes(Array(try Data(contentsOf: URL(filePath: path))))
            } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
                return .missing
            } catch {
                return .unreadable("\(error)")
            }
        }
        environment.writeFile = { path, bytes in PrivateFile.replace(path, with: bytes) }
        return environment
    }
}
