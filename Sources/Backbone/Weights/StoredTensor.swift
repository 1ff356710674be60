/// A tensor of a checkpoint: what it is called, and where its numbers are in the file.
struct StoredTensor: Hashable, Sendable {
  var name: String
  let type: ElementType
  let shape: [Int]
  /// Elements from one index to the next, a dimension.
  let strides: [Int]
  /// Position of the first element in the file.
  let start: Int

  /// Number of elements.
  var count: Int { shape.reduce(1, *) }
  var byteCount: Int { count * type.byteCount }

  init(name: String, type: ElementType, shape: [Int], strides: [Int], start: Int) {
    self.name = name
    self.type = type
    self.shape = shape
    self.strides = strides
    self.start = start
  }

  init(_ entry: SafetensorsFile.Entry) {
    var strides: [Int] = []
    var step = 1
    for length in entry.shape.reversed() {
      strides.append(step)
      step = step &* max(length, 1)  // overflows only where there are no elements
    }
    self.init(
      name: entry.name, type: entry.type, shape: entry.shape, strides: strides.reversed(),
      start: entry.range.lowerBound)
  }

  init(name: String, _ tensor: PickledTensor, storage: Range<Int>) {
    self.init(
      name: name, type: tensor.type, shape: tensor.shape, strides: tensor.strides,
      start: storage.lowerBound + tensor.offset * tensor.type.byteCount)
  }

  /// Whether the elements lie in the file in row-major order without gaps.
  var isContiguous: Bool {
    guard count > 0 else { return true }
    var expected = 1
    for (length, stride) in zip(shape, strides).reversed() where length != 1 {
      guard stride == expected else { return false }
      expected *= length
    }
    return true
  }

  /// Lends the elements in row-major order without gaps: straight out of the map where they lie so.
  func withRowMajorBytes<Result>(in file: FileBytes, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    guard count > 0 else { return unsafe body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    if isContiguous { return unsafe file.withBytes(start..<start + byteCount, body) }
    let reach = zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 } * type.byteCount
    let gathered = unsafe file.withBytes(start..<start + reach) { source in
      switch type.byteCount {
      case 1: unsafe bytesInMemory(gather(source, as: UInt8.self))
      case 2: unsafe bytesInMemory(gather(source, as: UInt16.self))
      case 4: unsafe bytesInMemory(gather(source, as: UInt32.self))
      default: unsafe bytesInMemory(gather(source, as: UInt64.self))
      }
    }
    return unsafe gathered.withUnsafeBytes { unsafe body($0) }
  }

  /// The elements in row-major order; only their width matters here.
  private func gather<Element: FixedWidthInteger & BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, as type: Element.Type
  ) -> [Element] {
    var elements: [Element] = []
    elements.reserveCapacity(count)
    var index = [Int](repeating: 0, count: shape.count)
    var offset = 0
    let width = MemoryLayout<Element>.size
    for _ in 0..<count {
      elements.append(unsafe source.loadUnaligned(fromByteOffset: offset * width, as: Element.self))
      var dimension = shape.count - 1
      while dimension >= 0 {  // the next index, as an odometer counts
        index[dimension] += 1
        offset = offset &+ strides[dimension]  // a dimension of length 1 may have any stride
        if index[dimension] < shape[dimension] { break }
        offset = offset &- strides[dimension] &* shape[dimension]
        index[dimension] = 0
        dimension -= 1
      }
    }
    return elements
  }
}
