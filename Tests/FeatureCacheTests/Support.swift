import FeatureCache
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder that exists for one test.
final class Scratch: Sendable {
  let path: String

  init() {
    // In memory where the system has such a folder: these tests sync files thousands of times.
    let parent = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    path = "\(parent)/permafrost-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    unsafe mkdir(path, 0o755)
  }

  deinit { Scratch.remove(path) }

  subscript(name: String) -> String { "\(path)/\(name)" }

  static func remove(_ path: String) {
    let files = POSIXFiles()
    if unsafe unlink(path) == 0 { return }
    unsafe chmod(path, 0o755)
    for name in (try? files.list(path)) ?? [] { remove("\(path)/\(String(decoding: name, as: UTF8.self))") }
    unsafe rmdir(path)
  }

  /// Writes a file, and the folders it lies in.
  func write(_ text: String, to name: String) { write(Array(text.utf8), to: name) }

  func write(_ bytes: [UInt8], to name: String) {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      unsafe mkdir(folder, 0o755)
    }
    unsafe unlink(self[name])
    let file = unsafe fopen(self[name], "wb")
    _ = unsafe bytes.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, file) }
    unsafe fclose(file)
  }

  func read(_ name: String) throws -> [UInt8] { try FileBytes.read(self[name], limit: 1 << 30) }

  /// The names in a subfolder, sorted.
  func list(_ name: String) throws -> [String] {
    try POSIXFiles().list(self[name]).map { String(decoding: $0, as: UTF8.self) }.sorted()
  }
}

/// Makes features out of a picture's bytes by arithmetic that any test can repeat. A picture that starts with
/// `broken` cannot be decoded; one that starts with `huge` has features beyond float16, one with `nan` a NaN.
struct FakeExtractor: FeatureExtractor {
  var network = "fake"
  var resize = "256"
  var outputs = [OutputDescription(column: "pool", dimension: 3)]
  /// Keys in the order in which they were asked for.
  let asked = Log()

  final class Log: Sendable {
    private let keys = Mutex<[String]>([])
    func append(_ key: String) { keys.withLock { $0.append(key) } }
    func take() -> [String] {
      keys.withLock { keys in
        defer { keys = [] }
        return keys
      }
    }
  }

  init(_ columns: (String, Int)...) {
    if !columns.isEmpty { outputs = columns.map { OutputDescription(column: $0.0, dimension: $0.1) } }
  }

  func identity() throws(ExtractionError) -> ExtractorIdentity {
    ExtractorIdentity(
      network: network, weights: "00ff", preprocessing: ["resize": resize, "crop": "224"], semanticsVersion: 1
    )
  }

  func extract(
    _ pictures: [EncodedPicture]
  ) async throws(ExtractionError) -> [Result<[FeatureRow], PictureFailure>] {
    pictures.map { picture in
      asked.append(picture.key)
      if picture.bytes.starts(with: Array("broken".utf8)) {
        return .failure(PictureFailure(.damaged, "the picture is broken"))
      }
      return .success(outputs.map { Self.row(picture.bytes, $0) })
    }
  }

  static func row(_ bytes: [UInt8], _ output: OutputDescription) -> FeatureRow {
    let sum = bytes.enumerated().reduce(0) { ($0 &* 31 &+ Int($1.element) &+ $1.offset) % 9973 }
    var row = (0..<output.dimension).map { Float((sum + $0 * 7 + output.column.utf8.count) % 997) / 16 }
    if bytes.starts(with: Array("huge".utf8)) { row[0] = 70000 }
    if bytes.starts(with: Array("nan".utf8)) { row[0] = .nan }
    return row
  }
}

extension Scratch {
  /// Runs `extractor` over the folder `pictures` into `cache`.
  func run(
    _ extractor: FakeExtractor, storage: StorageType = .float32, batch: Int = 4,
    operations: any FileOperations = POSIXFiles()
  ) async throws(FeatureCacheError) -> PrecomputeReport {
    try await FeatureStore.precompute(
      .folder(self["pictures"]), with: extractor, into: self["cache"], storage: storage, batch: batch,
      onFailure: .record, operations: operations)
  }

  /// Ten pictures in two classes, one of them broken.
  func writePictures() {
    for index in 0..<5 {
      write("cat \(index)", to: "pictures/cat/\(index).jpg")
      write("\(index == 3 ? "broken " : "")dog \(index)", to: "pictures/dog/\(index).jpg")
    }
  }

  /// What a column should hold: the rows of all pictures that do not fail, in order.
  func expected(_ column: String, _ dimension: Int) throws -> [FeatureRow] {
    try DataSet.folder(self["pictures"]).samples.compactMap { sample in
      let bytes = try FileBytes.read(sample.path, limit: 1 << 20)
      guard !bytes.starts(with: Array("broken".utf8)) else { return nil }
      return FakeExtractor.row(bytes, OutputDescription(column: column, dimension: dimension))
    }
  }

  func stored(_ column: String) throws -> [FeatureRow] {
    let matrix = try FeatureStore(self["cache"]).matrix(column)
    return try (0..<matrix.rowCount).map { try matrix.row($0) }
  }
}
