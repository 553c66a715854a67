import Foundation

/// A persistent benchmark worker: one JSON command a line on standard input, one JSON answer a line on standard output.
///
/// A path as argument is read once instead: `bench-worker FILE [BATCH [TASK [OUTPUT]]]`.
@main
enum BenchWorker {
    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count > 1, arguments[1] != "worker" {
            let command = Command(
                task: arguments.count > 3 ? arguments[3] : "A", file: arguments[1],
                batch: arguments.count > 2 ? Int(arguments[2]) ?? 65536 : 65536,
                output: arguments.count > 4 ? arguments[4] : nil)
            do {
                answer(try await Worker().run(command))
            } catch {
                FileHandle.standardError.write(Data("\(error)\n".utf8))
                exit(1)
            }
            return
        }
        answer(["ready": 1])
        while let line = readLine() {
            do {
                let command = try JSONDecoder().decode(Command.self, from: Data(line.utf8))
                answer(try await Worker().run(command))
            } catch {
                answer(["error": "\(error)"])
            }
        }
    }

    private static func answer(_ value: some Encodable) {
        guard let data = try? JSONEncoder().encode(value) else { return }
        FileHandle.standardOutput.write(data + Data("\n".utf8))
    }
}
