import ArrowIPC
import ByteCore
import Foundation
import Parquet
import ParquetArrow

/// One line of the benchmark driver.
struct Command: Decodable {
    /// A: batches; B: one IPC stream for each batch, in memory; D: open footers.
    var task = "A"
    /// Path, or a path with one `*` in its last part.
    var file: String
    /// Rows of a batch.
    var batch = 65536
    /// Opens for task D.
    var loop: Int?
    /// Where task B writes its streams one after the other, for comparison with other readers.
    var output: String?
}

/// What is answered.
struct Answer: Encodable {
    var s = 0.0
    var cpu = 0.0
    var rows = 0
    var batches = 0
    var out = 0
    var rss = 0.0
}

/// Reads files as the plugin does: footer, plan, fetch of a row group, batches.
struct Worker {
    func run(_ command: Command) async throws -> Answer {
        let files = try expand(command.file)
        var answer = Answer()
        let cpuStart = processorSeconds()
        let start = ContinuousClock.now
        if command.task == "D" {
            answer.batches = command.loop ?? 20
            for _ in 0..<answer.batches {
                _ = try FileReader(metadata: try await readFooter(of: LocalFile(path: files[0]))).schema
            }
        } else {
            let sink = try command.output.map(Sink.init(path:))
            for file in files { try await read(file, command, sink, &answer) }
        }
        let elapsed = start.duration(to: .now) / .seconds(1)
        let divisor = command.task == "D" ? Double(answer.batches) : 1
        answer.s = elapsed / divisor
        answer.cpu = (processorSeconds() - cpuStart) / divisor
        answer.rss = peakMebibytes()
        return answer
    }

    private func read(_ path: String, _ command: Command, _ sink: Sink?, _ answer: inout Answer) async throws {
        let file = try LocalFile(path: path)
        let reader = try FileReader(metadata: try await readFooter(of: file))
        let encoder = try BatchStreamEncoder(schema: reader.schema)
        if let sink, reader.metadata.rowGroups.isEmpty { sink.write(try StreamEncoder.encode(reader.schema)) }
        for index in reader.metadata.rowGroups.indices {
            let plan = try reader.plan(rowGroup: index, fileByteCount: file.byteCount)
            let bytes = try await load(plan, from: file)
            var cutter = try reader.batches(of: bytes, rowGroup: index)
            while let batch = try cutter.take(rows: command.batch) {
                answer.rows += batch.rowCount
                answer.batches += 1
                if command.task == "B" {
                    let stream = try encoder.encode(batch)
                    answer.out += stream.count
                    sink?.write(stream)
                }
            }
        }
    }

    private func expand(_ path: String) throws -> [String] {
        guard path.contains("*") else { return [path] }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".parquet") }.sorted()
            .map { folder + "/" + $0 }
    }
}

/// A file that streams are written to.
final class Sink: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw WorkerError("cannot write \(path)") }
    }

    deinit { close(descriptor) }

    func write(_ bytes: Bytes) {
        var done = 0
        while done < bytes.count {
            let count = unsafe Foundation.write(
                descriptor, bytes.pointer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
            if count <= 0 { return }
            done += count
        }
    }
}

/// User and system seconds of this process.
func processorSeconds() -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Largest resident size so far.
func peakMebibytes() -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
}
