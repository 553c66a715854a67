import TestSupport
import Testing

@testable import AWSAuth

struct GoldenProfileTests {
    @Test("random files hold the profiles that botocore reads in them, and are refused where it refuses them")
    func profiles() throws {
        var counts = (read: 0, refused: 0)
        for row in try Golden.list("profiles.json") {
            let environment = AWSEnvironment.test(
                config: row["config"].string ?? "", credentials: row["credentials"].string ?? "")
            guard let config = try? SharedConfig(environment: environment) else {
                counts.refused += 1
                #expect(row["profiles"] == .null, "\(row)")
                continue
            }
            counts.read += 1
            let found = config.profiles.mapValues { profile in
                JSON.object(
                    profile.values.mapValues { value in
                        value.nested.isEmpty
                            ? .string(value.text) : .object(value.nested.mapValues { .string($0.text) })
                    })
            }
            #expect(JSON.object(found) == row["profiles"], "\(row["config"]) \(row["credentials"])")
        }
        #expect(counts.read > 200 && counts.refused > 30)
    }
}
