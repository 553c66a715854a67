import AWSAuth
import Foundation
import HTTP

/// Prints the CPU time of one signature of a ranged GET, without a session token and with one: `bench-signing [COUNT]`.
@main
enum BenchSigning {
    static func main() {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 200_000
        let signer = SigV4Signer(region: "eu-central-1", service: "s3", rules: .s3)
        for tokenByteCount in [0, 1_000] {
            let credentials = Credentials(
                accessKeyID: "AKIDEXAMPLE", secretAccessKey: String(repeating: "s", count: 40),
                sessionToken: tokenByteCount == 0 ? nil : String(repeating: "t", count: tokenByteCount))
            var best = Double.infinity
            // The best of twenty parts: the machine has other work.
            for _ in 0..<20 {
                let start = clock()
                for index in 0..<count / 20 {
                    var request = request(index)
                    signer.sign(&request, with: credentials, at: Timestamp(seconds: 1_773_500_966 + Int64(index)))
                }
                let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
                best = min(best, seconds * 1e6 / Double(count / 20))
            }
            print("token of \(tokenByteCount) bytes: \(String(format: "%.2f", best)) µs")
        }
    }

    private static func request(_ index: Int) -> HTTPRequest {
        HTTPRequest(
            isSecure: true, host: "my-bucket.s3.eu-central-1.amazonaws.com", port: 443,
            target: "/data/year%3D2026/month%3D03/part-00000-of-00128.parquet",
            headers: [
                HTTPHeader("Host", "my-bucket.s3.eu-central-1.amazonaws.com"),
                HTTPHeader("Range", "bytes=\(index)-\(index + 8_388_607)"),
                HTTPHeader("If-Match", "\"9b2cf535f27731c974343645a3985328\""),
            ])
    }
}
