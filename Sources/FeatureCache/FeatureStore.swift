public import Tensors

/// A cache as it was when it was opened: the samples of its newest complete run, and their features by
/// column. A value; runs that publish later change nothing in it.
public struct FeatureStore: Sendable {
  /// The folder.
  public var root: String { cache.path }
  /// What the cache belongs to.
  public let identity: CacheIdentity
  /// The cache's own name: the SHA-256 of its identity.
  public let id: String
  /// The samples, in order. Read and checked when they are first asked for.
  ///
  /// - Throws: `.damaged`, `.io`.
  public var samples: SampleTable {
    get throws(FeatureCacheError) { try table.get() }
  }
  /// How many samples there are.
  public var sampleCount: Int { current.sampleCount }
  /// The columns, in the order in which they were first computed.
  public let columns: [OutputDescription]
  /// When feature bytes are compared with their checksums.
  public let checking: ChecksumPolicy

  let cache: CacheRoot
  let contents: CacheContents
  let current: Generation
  private let table: Lazy<SampleTable>

  /// Opens the cache in a folder. Records are checked now, tables and indexes when they are first needed,
  /// features as `checking` says. A later run, and the removal of what it makes superfluous, changes nothing
  /// in what was opened.
  ///
  /// - Parameter reading: how; every way gives the same numbers.
  /// - Throws: `.noCache` where nothing has been published there, `.damaged`, `.unsupported`, `.io`.
  public init(
    _ root: String, checking: ChecksumPolicy = .touched, reading: ReadingMode = .automatic
  ) throws(FeatureCacheError) {
    try self.init(root, checking: checking, reading: reading, operations: POSIXFiles())
  }

  package init(
    _ root: String, checking: ChecksumPolicy = .touched, reading: ReadingMode = .automatic,
    operations: any FileOperations
  ) throws(FeatureCacheError) {
    cache = CacheRoot(root, operations, reading: reading)
    contents = try cache.read()
    guard let identity = contents.identity, let current = contents.current else {
      throw FeatureCacheError(.noCache, "\(root) holds no cache with a complete run")
    }
    self.identity = identity.value
    id = identity.digest
    self.current = current
    self.checking = checking
    columns = contents.columns
    let lazyTable = try cache.openTable(current.plan)
    table = Lazy { () throws(FeatureCacheError) in
      let table = try lazyTable.get()
      guard current.sampleCount == table.count else {
        throw FeatureCacheError(.damaged, "the shards of \(root) do not cover its samples")
      }
      return table
    }
  }
}

/// When the bytes of features are compared with their checksums.
public enum ChecksumPolicy: Hashable, Sendable {
  /// Never.
  case never
  /// Each block of 256 KiB when something in it is first read.
  case touched
  /// All of a column when its matrix is made.
  case whole
}
