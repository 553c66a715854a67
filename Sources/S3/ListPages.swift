/// The pages of a listing, one after the other.
struct ListPages {
    /// More pages without a key in a row than this are not a listing.
    static let maximumEmptyPageCount = 10_000

    let client: S3Client
    let prefix: [UInt8]
    /// Whether directories are listed in place of what is in them.
    let byDirectories: Bool
    /// Whether there is no further page.
    private(set) var isAtEnd = false

    private var token: [UInt8]?
    /// Every token sent, so that a server that repeats one does not make the listing endless.
    private var tokens: Set<[UInt8]> = []
    private var emptyPageCount = 0

    init(client: S3Client, prefix: [UInt8], byDirectories: Bool = false) {
        self.client = client
        self.prefix = prefix
        self.byDirectories = byDirectories
    }

    /// Returns the next page; nil after the last one.
    mutating func next() async throws(S3Error) -> ListPage? {
        if isAtEnd { return nil }
        do throws(S3Error) {
            return try accept(await client.page(request))
        } catch {
            isAtEnd = true
            throw error
        }
    }

    /// Takes in what `request` gave, so that it asks for the page after it; returns the page.
    mutating func accept(_ page: ListPage) throws(S3Error) -> ListPage {
        emptyPageCount = page.objects.isEmpty && page.commonPrefixes.isEmpty ? emptyPageCount + 1 : 0
        if let next = page.continuationToken {
            guard tokens.insert(next).inserted else {
                throw client.failure(.invalidResponse, request, detail: "a page's NextContinuationToken came before")
            }
            guard emptyPageCount < Self.maximumEmptyPageCount else {
                throw client.failure(.invalidResponse, request, detail: "\(emptyPageCount) pages in a row are empty")
            }
            token = next
        } else {
            isAtEnd = true
        }
        return askedPrefix == prefix ? page : page.narrowed(to: prefix)
    }

    /// The prefix that is asked for: directory buckets are listed by whole directories.
    private var askedPrefix: [UInt8] {
        guard client.isDirectoryBucket else { return prefix }
        return Array(prefix[..<(prefix.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)])
    }

    /// What asks for the next page.
    var request: S3Request {
        .listObjects(
            prefix: askedPrefix, token: token, pageSize: client.configuration.pageSize, byDirectories: byDirectories)
    }
}
