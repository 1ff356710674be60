import Synchronization

/// Feature rows as a solver wants them: scaled, as float32, in tiles. They are kept in memory where they fit the
/// budget, and read and scaled again on every pass where they do not. Rows that lie in memory as they are wanted,
/// or are mapped so, are lent from there.
package final class TrainingRows: Sendable {
  let count: Int
  let dimension: Int
  /// Rows of one tile: about half a megabyte, so that a tile stays in cache between its two uses.
  let tileRows: Int
  private let features: FeatureMatrix
  private let scaling: FittedScaling?
  private let resident: [Float]?
  /// Bytes of float32 rows that are fetched ahead.
  private static let fetchedBytes = 8 << 20

  /// Whether a whole pass has found no number that is not finite.
  private let isFinite = Atomic(false)
  /// Whether all rows together are lent from where the features lie.
  private let isInPlace: Bool
  /// Whether lending rows, as many as one likes, costs nothing.
  var isResident: Bool { resident != nil || isInPlace }
  /// Rows that a solver visits in random order, before it goes on to the next so many. An order of all rows, which
  /// takes fewer passes, needs them in memory.
  var shuffledRows: Int { isResident ? count : min(count, max(16, Self.shuffledNumbers / dimension)) }
  private static let shuffledNumbers = 1 << 21

  /// Rows as they are stored, read anew on every pass.
  convenience init(streaming features: FeatureMatrix, _ context: FitContext) throws(HeadsError) {
    try self.init(features, scaling: nil, budget: 0, context)
  }

  /// - Throws: `.invalidFeatures` where a feature is not finite, naming it; `.io`; `.cancelled`
  package convenience init(
    _ features: FeatureMatrix, scaling: FittedScaling, _ context: FitContext
  ) throws(HeadsError) {
    try self.init(features, scaling: scaling, budget: context.options.rowMemoryBudget, context)
  }

  /// Rows for passes in tiles: where they are in memory or mapped, and not scaled, they are widened anew on every
  /// pass, which costs less than to read twice as many bytes or more.
  convenience init(
    widening features: FeatureMatrix, scaling: FittedScaling, _ context: FitContext
  ) throws(HeadsError) {
    let isReadAnew = features.isInMemory && !Self.changes(scaling)
    try self.init(
      features, scaling: scaling, budget: isReadAnew ? 0 : context.options.rowMemoryBudget, context)
  }

  private init(
    _ features: FeatureMatrix, scaling: FittedScaling?, budget: Int, _ context: FitContext
  ) throws(HeadsError) {
    count = features.rowCount
    dimension = features.dimension
    tileRows = max(16, min(512, (1 << 17) / dimension / 4 * 4))
    self.features = features
    self.scaling = scaling
    let (bytes, overflow) = count.multipliedReportingOverflow(by: dimension * MemoryLayout<Float>.stride)
    isInPlace = Self.changes(scaling) ? false : try Self.canLend(features)
    guard !overflow, bytes <= budget, !isInPlace else {
      resident = nil
      return
    }
    context.memory.reserve(bytes)
    resident = try Self.readAll(features, scaling, tileRows: tileRows, context)
  }

  private static func changes(_ scaling: FittedScaling?) -> Bool {
    scaling.map { $0.kind != FeatureScaling.none } ?? false
  }

  /// Whether all rows lie one after the other as float32.
  private static func canLend(_ features: FeatureMatrix) throws(HeadsError) -> Bool {
    do throws(TensorsError) {
      return try unsafe features.lend(0..<features.rowCount) { _ in }
    } catch { throw HeadsError(error) }
  }

  /// No number has to be looked at again.
  func knowFinite() { isFinite.store(true, ordering: .relaxed) }

  private func check(
    _ values: UnsafeBufferPointer<Float>, _ range: Range<Int>
  ) throws(HeadsError) {
    guard !isFinite.load(ordering: .relaxed) else { return }
    try unsafe Self.check(values, range, dimension: dimension)
    if range.count == count { knowFinite() }
  }

  private static func check(
    _ values: UnsafeBufferPointer<Float>, _ range: Range<Int>, dimension: Int
  ) throws(HeadsError) {
    if let index = unsafe firstNonFinite(values) {
      throw HeadsError(
        .invalidFeatures,
        "feature \(index % dimension) of row \(range.lowerBound + index / dimension) is "
          + "\(unsafe values[index])")
    }
  }

  private static func readAll(
    _ features: FeatureMatrix, _ scaling: FittedScaling?, tileRows: Int, _ context: FitContext
  ) throws(HeadsError) -> [Float] {
    let rowCount = features.rowCount
    let dimension = features.dimension
    let tiles = (rowCount + tileRows - 1) / tileRows
    let failures = FailureBox(context.pool.threads)
    let all = unsafe [Float](unsafeUninitializedCapacity: rowCount * dimension) { buffer, filled in
      let whole = unsafe UnsafeMutableBufferPointer(start: buffer.baseAddress, count: rowCount * dimension)
      context.pool.forEach(tiles) { tile, worker in
        guard failures.isEmpty(worker) else { return }
        let range = tile * tileRows..<min((tile + 1) * tileRows, rowCount)
        let part = whole.extracting(range.lowerBound * dimension..<range.upperBound * dimension)
        do throws(HeadsError) {
          try context.checkCancellation()
          try unsafe read(features, range, scaling, into: part)
        } catch { failures.record(error, worker) }
      }
      // After a failure some of it was not written; nobody sees it then.
      filled = rowCount * dimension
    }
    try failures.rethrow()
    return all
  }

  /// Reads rows, checks that they are finite where that is not known, and scales them.
  private static func read(
    _ features: FeatureMatrix, _ range: Range<Int>, _ scaling: FittedScaling?, isFinite: Bool = false,
    into output: UnsafeMutableBufferPointer<Float>
  ) throws(HeadsError) {
    do throws(TensorsError) { try unsafe features.read(range, into: output) } catch {
      throw HeadsError(error)
    }
    if !isFinite { try unsafe check(UnsafeBufferPointer(output), range, dimension: features.dimension) }
    unsafe scaling?.apply(to: output, dimension: features.dimension)
  }

  /// Bytes of the room in which so many rows are lent; none where they are lent from where they lie.
  func scratchBytes(ofRows count: Int) -> Int {
    isResident ? 0 : count * dimension * MemoryLayout<Float>.stride
  }

  /// Lends one row range as n x d numbers.
  func withRows<Result>(
    _ range: Range<Int>, scratch: inout [Float], _ body: (Span<Float>) throws(HeadsError) -> Result
  ) throws(HeadsError) -> Result {
    if let resident {
      return try body(resident.span.extracting(range.lowerBound * dimension..<range.upperBound * dimension))
    }
    if !Self.changes(scaling), let result = try lend(range, body) { return try result.get() }
    let size = range.count * dimension
    if scratch.count < size { scratch = [Float](repeating: 0, count: size) }
    var failure: HeadsError?
    unsafe scratch.withUnsafeMutableBufferPointer { buffer in
      do throws(HeadsError) {
        try unsafe Self.read(
          features, range, scaling, isFinite: isFinite.load(ordering: .relaxed),
          into: buffer.extracting(0..<size))
      } catch { failure = error }
    }
    if let failure { throw failure }
    return try body(scratch.span.extracting(0..<size))
  }

  /// Rows that lie in memory as float32; `nil` where they do not.
  private func lend<Result>(
    _ range: Range<Int>, _ body: (Span<Float>) throws(HeadsError) -> Result
  ) throws(HeadsError) -> Swift.Result<Result, HeadsError>? {
    var result: Swift.Result<Result, HeadsError>?
    do throws(TensorsError) {
      _ = try unsafe features.lend(range) { values in
        do throws(HeadsError) {
          try unsafe check(values, range)
          result = .success(try body(unsafe values.span))
        } catch { result = .failure(error) }
      }
    } catch { throw HeadsError(error) }
    return result
  }

  /// Calls `body` for every tile; each of `parts` gets one contiguous share of the rows, in order or in reverse
  /// order, on a thread of its own.
  ///
  /// Passes that alternate in direction begin with the tiles that the pass before ended with. Of rows that are
  /// larger than memory these are still there, where passes of one direction would find none.
  func forEachTile<Part>(
    _ parts: [Part], isReversed: Bool = false, _ context: FitContext,
    _ body: (Part, Range<Int>, Span<Float>) -> Void
  ) throws(HeadsError) {
    let failures = FailureBox(parts.count)
    let scratch = Scratch.make(parts.count)
    let scratchBytes = parts.count * self.scratchBytes(ofRows: min(tileRows, count))
    context.memory.reserve(scratchBytes)
    defer { context.memory.release(scratchBytes) }
    context.pool.forEach(parts.count) { part, _ in
      let share = part * count / parts.count..<(part + 1) * count / parts.count
      let tiles = (share.count + tileRows - 1) / tileRows
      do throws(HeadsError) {
        for index in 0..<tiles {
          try context.checkCancellation()
          announce(share, tile: index, of: tiles, isReversed)
          let tile = isReversed ? tiles - 1 - index : index
          let start = share.lowerBound + tile * tileRows
          let range = start..<min(start + tileRows, share.upperBound)
          try withRows(range, scratch: &scratch[part].floats) { rows in body(parts[part], range, rows) }
        }
      } catch { failures.record(error, part) }
    }
    try failures.rethrow()
  }

  /// Has rows fetched that will soon be read, some tiles at a time.
  private func announce(_ share: Range<Int>, tile: Int, of tiles: Int, _ isReversed: Bool) {
    guard resident == nil else { return }
    let ahead = max(1, Self.fetchedBytes / (tileRows * dimension * MemoryLayout<Float>.stride))
    guard tile % ahead == 0 else { return }
    let wanted = tile == 0 ? 0..<2 * ahead : tile + ahead..<tile + 2 * ahead
    let part = wanted.clamped(to: 0..<tiles)
    guard !part.isEmpty else { return }
    let first = isReversed ? tiles - part.upperBound : part.lowerBound
    let start = share.lowerBound + first * tileRows
    features.willRead(start..<min(start + part.count * tileRows, share.upperBound))
  }
}

/// The index of the first number that is infinite or NaN.
func firstNonFinite(_ values: UnsafeBufferPointer<Float>) -> Int? {
  // Adding 1 to an exponent of all ones carries into the sign bit; this form needs no branch an element.
  var carry: UInt32 = 0
  for index in values.indices {
    carry |= (unsafe values[index].bitPattern & 0x7fff_ffff) &+ 0x0080_0000
  }
  guard carry & 0x8000_0000 != 0 else { return nil }
  return unsafe values.firstIndex { !$0.isFinite }
}
