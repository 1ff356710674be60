/// An owned float32 array with a shape, in row-major order (the last dimension is contiguous).
///
/// A value: copies are cheap until one of them is changed, and nothing that happens elsewhere changes yours.
/// Feature maps have the logical shape of the literature, [pictures, channels, height, width].
public struct Tensor: Hashable, Sendable {
  /// The length of each dimension.
  public let shape: [Int]
  /// The elements; as many as the product of `shape`, always.
  public private(set) var values: [Float]

  /// - Throws: `.shape` where a length is negative or the product of `shape` is not `values.count`.
  public init(shape: [Int], values: [Float]) throws(TensorsError) {
    guard let count = elementCount(of: shape), count == values.count else {
      throw TensorsError(.shape, "shape \(shape) does not describe \(values.count) values")
    }
    self.shape = shape
    self.values = values
  }

  /// A tensor of this shape with every element `value`.
  ///
  /// - Throws: `.shape` where a length is negative or the count overflows.
  public init(shape: [Int], repeating value: Float) throws(TensorsError) {
    guard let count = elementCount(of: shape) else {
      throw TensorsError(.shape, "shape \(shape) has no representable element count")
    }
    self.shape = shape
    self.values = Array(repeating: value, count: count)
  }

  /// The element at one index a dimension. Traps where an index is outside its dimension.
  public subscript(indices: Int...) -> Float {
    get { values[offset(of: indices)] }
    set { values[offset(of: indices)] = newValue }
  }

  /// Replaces each element by what `transform` makes of it.
  public func map(_ transform: (Float) -> Float) -> Tensor {
    var copy = self
    copy.values = values.map(transform)
    return copy
  }

  private func offset(of indices: [Int]) -> Int {
    precondition(indices.count == shape.count, "one index a dimension")
    var offset = 0
    for (index, length) in zip(indices, shape) {
      precondition(index >= 0 && index < length, "index out of range")
      offset = offset * length + index
    }
    return offset
  }
}

/// The product of the lengths; `nil` where one is negative or the product overflows.
package func elementCount(of shape: [Int]) -> Int? {
  var count = 1
  for length in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: length)
    guard length >= 0, !overflow else { return nil }
    count = product
  }
  return count
}
