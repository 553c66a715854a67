import Foundation

/// Number of event threads of this process.
func eventThreadCount() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { thread in
        // A thread may end while the directory is read.
        (try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)) == "http-events\n"
    }
}
