import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How often a run notes down what it has computed, so that another can go on from there.
public struct JournalInterval: Hashable, Sendable {
  /// After so many bytes of features.
  public var bytes: Int
  /// After so many seconds.
  public var seconds: Double

  public init(bytes: Int, seconds: Double) {
    self.bytes = bytes
    self.seconds = seconds
  }

  /// 64 MiB or two seconds, whichever comes first.
  public static let standard = JournalInterval(bytes: 64 << 20, seconds: 2)
  /// After every batch.
  public static let everyBatch = JournalInterval(bytes: 0, seconds: 0)
}

/// The journal of an attempt: which rows of its column files are on disk, in lines that prove themselves.
///
/// The attempt holds a lock on it for as long as it lives, so that others can tell whether it does.
struct Journal {
  static let fileName = "journal"

  /// What an attempt works at, which is what another must work at to go on from it.
  struct Header: Hashable {
    /// Digest of `config.json`.
    var cache: String
    /// `all`, or `<i>-of-<n>`.
    var work: String
    /// Where the attempt's process runs: a lock says nothing about one on another machine.
    var host: String
    var columns: [OutputDescription]

    init(cache: String, work: String, columns: [OutputDescription]) {
      self.cache = cache
      self.work = work
      self.columns = columns
      host = Self.thisHost
    }

    static var thisHost: String {
      var buffer = [CChar](repeating: 0, count: 256)
      guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
      return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  private let file: OpenFile
  private var end = 0

  init(in folder: String, _ header: Header, _ files: Files) throws(FeatureCacheError) {
    file = try files.create(Path.join(folder, Self.fileName), mode: 0o644)
    _ = file.lock(exclusive: true)
    try append(header.members)
    try files.syncFolder(folder)
  }

  /// Adds a line and makes it durable. What it speaks of must be durable already.
  mutating func append(_ members: [JSONMember]) throws(FeatureCacheError) {
    let line = JournalLine.bytes(members)
    try file.write(line, at: end)
    end += line.count
    try file.syncData()
  }
}

extension Journal.Header {
  var members: [JSONMember] {
    [
      JSONMember("format", .integer(CacheFormat.version)), JSONMember("cache", .string(cache)),
      JSONMember("work", .string(work)), JSONMember("host", .string(host)),
      JSONMember(
        "columns",
        .array(
          columns.map {
            .object([
              JSONMember("name", .string($0.column)), JSONMember("dimension", .integer($0.dimension)),
            ])
          })),
    ]
  }

  init?(_ value: JSONValue) {
    guard value["format"]?.integer == CacheFormat.version, let cache = value["cache"]?.string,
      let work = value["work"]?.string, let host = value["host"]?.string,
      let columns = value["columns"]?.array
    else { return nil }
    self.cache = cache
    self.work = work
    self.host = host
    self.columns = []
    for column in columns {
      guard let name = column["name"]?.string, let dimension = column["dimension"]?.integer, dimension > 0,
        dimension < 1 << 40
      else { return nil }
      self.columns.append(OutputDescription(column: name, dimension: dimension))
    }
  }
}
