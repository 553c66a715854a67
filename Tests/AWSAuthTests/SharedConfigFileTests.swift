import Testing

@testable import AWSAuth

struct SharedConfigFileTests {
    private func parse(_ text: String) throws -> SharedConfigFile {
        try SharedConfigFile(parsing: Array(text.utf8), path: "f")
    }

    private func values(_ text: String) throws -> [String: String] {
        try #require(try parse(text).sections.first).values.mapValues(\.text)
    }

    @Test(
        "values",
        arguments: [
            ("[s]\na=1", ["a": "1"]),
            ("[s]\r\n  A  =  two words \r\n", ["a": "two words"]),
            ("\u{FEFF}[s]\na = b=c==", ["a": "b=c=="]),
            ("[s]\na: b", ["a": "b"]),
            ("[s]\na = x:y", ["a": "x:y"]),
            (
                "[s]\n# c\n; c\n  # c\n\na = 1 # c\nb = 1;2\nc = 1#2 ; c\nd = # c",
                ["a": "1", "b": "1;2", "c": "1#2", "d": ""]
            ),
            ("[s]\n\ta = 1\n\tb = 2", ["a": "1", "b": "2"]),
            ("[s]\na = 1\na = 2", ["a": "2"]),
            ("[ s ] # c\na = 1\n[t]\nb = 1\n[s]\nc = 2", ["a": "1", "c": "2"]),
            ("[s]\na = 1\n   more of it\nb = 2", ["a": "1", "b": "2"]),
        ])
    func values(text: String, expected: [String: String]) throws {
        #expect(try values(text) == expected)
    }

    @Test("a key without a text holds the indented keys below it")
    func nested() throws {
        let file = try parse("[s]\ns3 =\n  a = 1\n  # c\n\n  b = 2\nc = 3")
        let values = try #require(file.sections.first).values
        #expect(values["s3"]?.nested.mapValues(\.text) == ["a": "1", "b": "2"])
        #expect(values["c"]?.text == "3" && values.count == 2)
    }

    @Test(
        "lines without effect are told, with their number",
        arguments: [("[s]\na = 1\n  x = 2", 3), ("[s]\na = 1\na = 2", 3), ("[s]\n[s]", 2)])
    func warnings(text: String, line: Int) throws {
        #expect(try parse(text).warnings.map(\.location?.line) == [line])
    }

    @Test(
        "faults name their line",
        arguments: [
            ("\na = 1\n[s]", 2), ("[s]\nno mark", 2), ("[s]\na =\n  no mark", 3), ("[s", 1), ("[s]\n= x", 2), ("[]", 1),
        ])
    func faults(text: String, line: Int) throws {
        let error = try #require(throws: CredentialError.self) { try parse(text) }
        #expect(error.kind == .invalid && error.location == CredentialError.Location(file: "f", line: line))
    }

    @Test("bytes that are not text are a fault, and no byte string stops the parser")
    func hostile() throws {
        #expect(throws: CredentialError.self) { try SharedConfigFile(parsing: [0x5B, 0xFF, 0x5D], path: "f") }
        // Every text of up to five characters that matter to the grammar.
        let alphabet = Array("[]=: \n#a".utf8)
        for number in 0..<(8 * 8 * 8 * 8 * 8) {
            let bytes = [UInt8]("[s]\n".utf8) + (0..<5).map { alphabet[number >> ($0 * 3) & 7] }
            guard let file = try? SharedConfigFile(parsing: bytes, path: "f") else { continue }
            #expect(file.sections.allSatisfy { !$0.name.isEmpty && !$0.values.keys.contains("") })
        }
    }

    @Test("profile names: quotes, tabs, and the stronger way to write default")
    func profileNames() throws {
        let config = try SharedConfig(
            environment: .test(
                config: """
                    [profile "my prof"]
                    region = 1
                    [profile\tt]
                    region = 2
                    [profile default]
                    region = 3
                    [default]
                    region = 4
                    [bare]
                    region = 5
                    [profiled]
                    region = 6
                    [sso-session s]
                    sso_region = 7
                    """, credentials: "[profile x]\nregion = 8"))
        #expect(
            config.profiles.mapValues { $0["region"] } == ["my prof": "1", "t": "2", "default": "3", "profile x": "8"])
    }
}
