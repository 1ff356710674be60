import Tensors

/// The pictures of a batch, decoded and normalised, with those that failed set aside.
final class PreparedBatch {
  /// Why a picture failed; `nil` for one that did not.
  private(set) var failures: [PictureFailure?]
  /// Positions of the pictures that could be decoded.
  private(set) var decoded: [Int] = []
  private let values: AlignedFloats
  /// Floats a prepared picture.
  private let pixels: Int

  init(
    _ pictures: [EncodedPicture], _ preparer: PicturePreparer, on pool: WorkerPool, isCancelled: () -> Bool
  ) {
    let pixels = preparer.count
    self.pixels = pixels
    values = AlignedFloats(count: pixels * pictures.count)
    var failures = [PictureFailure?](repeating: nil, count: pictures.count)
    let base = unsafe values.pointer
    unsafe failures.withUnsafeMutableBufferPointer { failures in
      pool.forEach(pictures.count) { item, _ in
        if isCancelled() { return }
        let target = unsafe UnsafeMutableBufferPointer(
          start: base.map { unsafe $0 + item * pixels }, count: pixels)
        do throws(PictureFailure) {
          try unsafe preparer.prepare(pictures[item].bytes, into: target)
        } catch {
          unsafe failures[item] = error
        }
      }
    }
    self.failures = failures
    decoded = failures.indices.filter { failures[$0] == nil }
  }

  /// The decoded pictures, one after the other.
  func copy(into target: UnsafeMutableBufferPointer<Float>) {
    guard let source = unsafe values.pointer, let start = target.baseAddress else { return }
    for (position, picture) in decoded.enumerated() {
      unsafe (start + position * pixels).update(from: source + picture * pixels, count: pixels)
    }
  }
}
