import ByteCore
import Glibc
import Logging
import Testing

@testable import CloudQueryPlugin

@Suite("Log lines")
struct PluginLogTests {
    private func line(
        _ level: Logger.Level = .info, _ message: String = "m", invocationID: String = "",
        error: (any Error)? = nil, metadata: Logger.Metadata = [:]
    ) -> LogLine {
        LogLine(
            level: level, module: "s3-source", invocationID: invocationID, message: message, error: error,
            metadata: metadata)
    }

    @Test("a JSON line has the keys that the CLI reads, in a fixed order")
    func json() {
        #expect(line(.info, "hello").json().text == #"{"level":"info","module":"s3-source","message":"hello"}"#)
        let full = line(
            .warning, "a \"b\" \\ \n\t\u{7} é 漢 \u{7F}", invocationID: "7c0c",
            error: TestFailure("access denied"), metadata: ["table": "t", "key": "a/b", "count": "3"])
        #expect(
            full.json().text
                == #"{"level":"warn","module":"s3-source","invocation_id":"7c0c","message":"a \"b\" \\ \n\t\u0007 é 漢 "#
                + #"\u007f","count":"3","error":"access denied","key":"a/b","table":"t"}"#)
    }

    @Test(
        "levels have the CLI's names",
        arguments: [
            (Logger.Level.trace, "trace"), (.debug, "debug"), (.info, "info"), (.notice, "info"),
            (.warning, "warn"), (.error, "error"), (.critical, "error"),
        ])
    func levels(level: Logger.Level, name: String) {
        #expect(line(level).json().text.hasPrefix(#"{"level":"\#(name)","#))
    }

    @Test("a field cannot stand in for a key of the line, and the error of the event wins")
    func reservedKeys() {
        let text = line(
            error: TestFailure("real"),
            metadata: ["level": "error", "message": "x", "time": "now", "error": "other"]
        ).json().text
        #expect(
            text == #"{"level":"info","module":"s3-source","message":"m","error":"real","level_":"error","#
                + #""message_":"x","time_":"now"}"#)
    }

    @Test("a text line has time, level, message and fields")
    func text() {
        let line = line(.warning, "two\nlines", invocationID: "7c0c", metadata: ["key": "a \"b\""])
        #expect(
            line.text(at: 1_795_392_000).text
                == #"2026-11-23T00:00:00Z WARN two\nlines module="s3-source" invocation_id="7c0c" key="a \"b\"""#)
    }

    @Test(
        "times are UTC",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (951_868_799, "2000-02-29T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"), (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ])
    func timestamps(seconds: Int, text: String) {
        #expect(LogLine.timestamp(seconds) == text)
    }

    @Test(
        "a line stays below 4096 bytes after escaping, valid and with its level",
        arguments: ["x", "\"", "\u{1}", "漢", "\u{1F600}"])
    func bounds(character: String) {
        let long = String(repeating: character, count: 10_000)
        let metadata = Logger.Metadata(uniqueKeysWithValues: (0..<20).map { ("\($0)" + long, .string(long)) })
        let line = LogLine(
            level: .error, module: long, invocationID: long, message: long, error: TestFailure(long),
            metadata: metadata)
        let json = line.json()
        #expect(json.count < 4_096 - 1)
        #expect(json.text.hasPrefix(#"{"level":"error","module":""#))
        #expect(json.text.hasSuffix("}"))
        #expect(json.text.contains(#"...","message":""#))
        #expect(line.text(at: 0).count < 4_096 - 1)
        #expect(line.text(at: 0).text != "not UTF-8")
    }

    @Test("a logger writes whole lines of its level to the descriptor, with the run's id once it is known")
    func logger() throws {
        let pipe = try Pipe()
        let log = PluginLog(
            module: "s3-source", options: ServeOptions(logLevel: .warn, logFormat: .json),
            fileDescriptor: pipe.writing)
        var logger = log.logger()
        logger.info("not logged")
        logger.warning("one")
        log.setInvocationID("7c0c")
        logger[metadataKey: "a"] = "1"
        logger.error("two", metadata: ["b": "2"])
        #expect(
            pipe.text() == #"{"level":"warn","module":"s3-source","message":"one"}"# + "\n"
                + #"{"level":"error","module":"s3-source","invocation_id":"7c0c","message":"two","a":"1","b":"2"}"#
                + "\n")
    }

    @Test("lines of several tasks do not mix")
    func concurrentLines() async throws {
        let pipe = try Pipe()
        let log = PluginLog(module: "m", options: ServeOptions(logFormat: .json), fileDescriptor: pipe.writing)
        await withTaskGroup { group in
            for task in 0..<4 {
                group.addTask {
                    for _ in 0..<20 { log.logger().info("\(String(repeating: "\(task)", count: 100))") }
                }
            }
        }
        let expected = (0..<4).map {
            #"{"level":"info","module":"m","message":"\#(String(repeating: "\($0)", count: 100))"}"#
        }
        let lines = pipe.text().split(separator: "\n").map { String($0) }
        #expect(lines.count == 80)
        #expect(Set(lines) == Set(expected))
    }

    @Test("a pipe that nobody reads does not stop the plugin; the lines lost are counted once somebody does")
    func unreadPipe() throws {
        let pipe = try Pipe()
        let output = LogOutput(fileDescriptor: pipe.writing, patience: .milliseconds(1))
        let line = Bytes([UInt8](repeating: UInt8(ascii: "x"), count: 4_000))
        for _ in 0..<100 { #expect(output.write(line) == 0) }
        let readCount = pipe.text().split(separator: "\n").count
        #expect(readCount > 0)
        #expect(output.write(Bytes(utf8: "again")) == 100 - readCount)
        #expect(pipe.text() == "again\n")
        #expect(output.write(Bytes(utf8: "and again")) == 0)
    }

    @Test("the log itself tells how many lines were lost")
    func lossNotice() throws {
        let pipe = try Pipe()
        let log = PluginLog(
            module: "m", options: ServeOptions(logFormat: .json), fileDescriptor: pipe.writing, patience: .zero)
        for _ in 0..<500 { log.logger().info("\(String(repeating: "x", count: 1_900))") }
        _ = pipe.text()
        log.logger().info("again")
        let lines = pipe.text().split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.last?.contains("log lines were dropped because nobody read them") == true)
        #expect(lines.last?.hasPrefix(#"{"level":"warn""#) == true)
    }

    @Test("a closed pipe is no reason to end")
    func closedPipe() throws {
        _ = signal(SIGPIPE, SIG_IGN)
        let pipe = try Pipe()
        pipe.closeReading()
        let output = LogOutput(fileDescriptor: pipe.writing, patience: .zero)
        #expect(output.write(Bytes(utf8: "x")) == 0)
    }
}

/// A pipe whose reading end never blocks.
private final class Pipe {
    let writing: Int32
    private var reading: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw TestFailure("no pipe") }
        (reading, writing) = (ends[0], ends[1])
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    }

    /// All that is in the pipe.
    func text() -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(reading, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += buffer[..<count]
        }
    }

    func closeReading() {
        close(reading)
        reading = -1
    }

    deinit {
        close(writing)
        if reading >= 0 { close(reading) }
    }
}
