/// A safetensors file: named arrays behind a JSON header (format:
/// <https://github.com/huggingface/safetensors>, "Format").
///
/// Everything the header claims is checked before anything is read: the tensors lie back to back from the
/// first byte of data to the last, and each has exactly the bytes its type and shape need.
public struct SafetensorsFile: Sendable {
  /// One array of the file.
  public struct Entry: Hashable, Sendable {
    public let name: String
    public let type: ElementType
    public let shape: [Int]
    /// Where its bytes are, counted from the start of the file.
    package let range: Range<Int>

    /// Number of elements.
    public var count: Int { range.count / type.byteCount }
  }

  /// The arrays in the order their bytes have in the file.
  public let entries: [Entry]
  /// The header's `__metadata__`.
  public let metadata: [String: String]
  package let bytes: FileBytes
  private let indexByName: [String: Int]

  /// The reference implementation's own limit.
  private static let headerLimit = 100_000_000

  /// Maps the file at `path`.
  ///
  /// - Throws: `.io` where it cannot be read, `.malformed` where it breaks the format; both name the path.
  public init(path: String) throws(TensorsError) {
    try self.init(FileBytes(mapping: path))
  }

  /// - Throws: `.malformed`
  package init(_ bytes: FileBytes) throws(TensorsError) {
    func fail(_ what: String) -> TensorsError { TensorsError(.malformed, "\(bytes.name): \(what)") }
    guard bytes.count >= 8 else { throw fail("too short for a safetensors file") }
    let length = unsafe bytes.withBytes(0..<8) { unsafe $0.loadUnaligned(as: UInt64.self).littleEndian }
    guard length <= UInt64(Self.headerLimit), Int(length) <= bytes.count - 8 else {
      throw fail("not a safetensors file: its first 8 bytes claim a header of \(length) bytes")
    }
    let dataStart = 8 + Int(length)
    let headerBytes = bytes.copy(8..<dataStart)
    guard headerBytes.first == UInt8(ascii: "{") else { throw fail("the header does not start with {") }
    let header: JSONValue
    do { header = try JSONParser.parse(headerBytes) } catch { throw fail("in its header, \(error.message)") }
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    for member in header.object ?? [] {
      if member.name == "__metadata__" {
        for item in member.value.object ?? [] {
          guard let text = item.value.string else { throw fail("metadata \(item.name) is not a string") }
          metadata[item.name] = text
        }
        continue
      }
      entries.append(
        try Self.entry(member, dataStart: dataStart, end: bytes.count, failing: fail))
    }
    entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var next = dataStart
    for entry in entries {
      guard entry.range.lowerBound == next else {
        throw fail("tensor \(entry.name) overlaps another or leaves a hole")
      }
      next = entry.range.upperBound
    }
    guard next == bytes.count else {
      throw fail("holds \(bytes.count - next) bytes that belong to no tensor")
    }
    // Names of different bytes can be equal by Unicode's rules, which Swift's strings follow.
    indexByName = Dictionary(entries.enumerated().map { ($1.name, $0) }) { first, _ in first }
    guard indexByName.count == entries.count else { throw fail("two tensors have equal names") }
    self.entries = entries
    self.metadata = metadata
    self.bytes = bytes
  }

  private static func entry(
    _ member: JSONMember, dataStart: Int, end: Int, failing fail: (String) -> TensorsError
  ) throws(TensorsError) -> Entry {
    let name = member.name
    guard let typeName = member.value["dtype"]?.string, let type = ElementType(rawValue: typeName) else {
      throw fail("tensor \(name) has no known dtype")
    }
    let lengths = member.value["shape"]?.array?.map(\.integer) ?? [nil]
    let shape = lengths.compactMap { $0 }
    let offsets = member.value["data_offsets"]?.array?.compactMap(\.integer) ?? []
    guard shape.count == lengths.count, let count = elementCount(of: shape) else {
      throw fail("tensor \(name) has a broken shape")
    }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= end - dataStart else {
      throw fail("tensor \(name) lies outside the file")
    }
    guard !overflow, offsets[1] - offsets[0] == byteCount else {
      throw fail("tensor \(name) of shape \(shape) has \(offsets[1] - offsets[0]) bytes instead")
    }
    return Entry(name: name, type: type, shape: shape, range: dataStart + offsets[0]..<dataStart + offsets[1])
  }

  /// The array of this name.
  public subscript(name: String) -> Entry? { indexByName[name].map { entries[$0] } }

  /// A floating-point array as float32 (F64 rounds to nearest; the narrow types are exact).
  ///
  /// - Throws: `.malformed` where the array holds integers.
  public func floats(_ entry: Entry) throws(TensorsError) -> [Float] {
    guard let floats = unsafe bytes.withBytes(entry.range, { unsafe widened($0, entry.type) }) else {
      throw TensorsError(
        .malformed, "\(bytes.name): tensor \(entry.name) has type \(entry.type.rawValue), not a float type")
    }
    return floats
  }

  /// An integer array as `Int`.
  ///
  /// - Throws: `.malformed` where the array is no integer array or a value does not fit.
  public func integers(_ entry: Entry) throws(TensorsError) -> [Int] {
    let integers = unsafe bytes.withBytes(entry.range) { unsafe exactIntegers($0, entry.type) }
    guard let integers else {
      throw TensorsError(
        .malformed, "\(bytes.name): tensor \(entry.name) of type \(entry.type.rawValue) is not usable as Int")
    }
    return integers
  }
}
