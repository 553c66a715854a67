import Testing

@testable import CloudQueryPlugin

@Suite("Go-style arguments")
struct GoStyleArgumentsTests {
    private let rules = GoStyleArguments(
        valueFlags: ["address", "log-level", "license"], switches: ["no-sentry", "otel-endpoint-insecure"])

    @Test("what the CLI passes", arguments: [true, false])
    func cli(attached: Bool) throws {
        let pairs = [("address", "/tmp/cq-a.sock"), ("log-level", "info")]
        let flags = pairs.flatMap { attached ? ["--\($0)=\($1)"] : ["--\($0)", $1] }
        #expect(
            try rules.normalized(["serve"] + flags + ["--no-sentry"])
                == ["serve", "--address=/tmp/cq-a.sock", "--log-level=info", "--no-sentry"])
    }

    @Test(
        "switches take Go's words for true and false",
        arguments: [
            ("--no-sentry=true", ["--no-sentry"]), ("--no-sentry=1", ["--no-sentry"]),
            ("--no-sentry=T", ["--no-sentry"]),
            ("--no-sentry=false", []), ("--no-sentry=0", []), ("--no-sentry=F", []),
        ])
    func switches(argument: String, expected: [String]) throws {
        #expect(try rules.normalized([argument]) == expected)
    }

    @Test(
        "values may be empty, begin with a dash and hold `=`",
        arguments: [
            (["--license", ""], []), (["--license="], []), (["--license", "-x"], ["--license=-x"]),
            (["--license", "--no-sentry"], ["--license=--no-sentry"]), (["--license=a=b"], ["--license=a=b"]),
        ])
    func values(arguments: [String], expected: [String]) throws {
        #expect(try rules.normalized(arguments) == expected)
    }

    @Test("all else stays as it is")
    func rest() throws {
        let arguments = ["-h", "-v", "doc", "--unknown=true", "--unknown", "--", "--no-sentry=true", "--license"]
        #expect(try rules.normalized(arguments) == arguments)
        #expect(try rules.normalized([]) == [])
    }

    @Test("a missing value and a word that is neither are errors that name the flag")
    func errors() {
        #expect(throws: InvalidArgument(flag: "address", value: nil)) { try rules.normalized(["--address"]) }
        #expect(throws: InvalidArgument(flag: "no-sentry", value: "yes")) {
            try rules.normalized(["--no-sentry=yes"])
        }
        #expect("\(InvalidArgument(flag: "address", value: nil))" == "--address needs a value")
        #expect("\(InvalidArgument(flag: "no-sentry", value: "yes"))" == "--no-sentry=yes: expected true or false")
    }
}
